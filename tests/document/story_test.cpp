#include "document/story.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "document/command.h"
#include "document/command_context.h"
#include "document/document_json.h"
#include "document/moment.h"
#include "document/story_edit.h"

namespace headscope {
namespace {

const ContextOf kSizes = [](const Document&) { return kContext; };

Document done(Document document, const std::string& line) {
  const Result<Command> command = parse_command(line);
  EXPECT_TRUE(command.ok()) << line << ": " << command.error().message;
  Result<Document> next = reduce(document, std::get<Action>(*command), kContext);
  EXPECT_TRUE(next.ok()) << line << ": " << next.error().message;
  return *next;
}

Document with_story() {
  Document document;
  document.text = "The dog did not cross the street because it was too tired.";
  for (const char* line :
       {"story-start", "story-add \"set-query 3\"", "story-add \"set-query 8; set-view arcs\"",
        "story-retime 2 1 2 linear 0.05", "story-caption 3 \"Who is it?\"", "story-rename 2 \"three\"",
        "story-retime 1 0 0.5"})
    document = done(document, line);
  return document;
}

std::vector<std::string> titles(const Document& document) {
  std::vector<std::string> all;
  for (const StoryStep& step : document.story->steps) all.push_back(step_title(step));
  return all;
}

TEST(Story, each_step_is_the_picture_before_and_its_change) {
  const ToldStory told = tell_story(with_story(), kSizes);
  ASSERT_TRUE(told.faults.empty()) << told.faults.front().message;
  ASSERT_EQ(told.moments.size(), 3u);
  EXPECT_FALSE(told.moments[0].document.selection.query);
  EXPECT_EQ(told.moments[1].document.selection.query, 3);
  EXPECT_EQ(told.moments[1].document.view.kind, ViewKind::Columns);
  EXPECT_EQ(told.moments[2].document.selection.query, 8);
  EXPECT_EQ(told.moments[2].document.view.kind, ViewKind::Arcs);
  EXPECT_EQ(told.moments[2].document.caption, "Who is it?");
  EXPECT_EQ(told.moments[1].document.caption, "");
  EXPECT_EQ(told.moments[1].easing, Easing::Linear);
  EXPECT_NEAR(*told.moments[1].stagger_secs, 0.05, 1e-6);
}

TEST(Story, time_goes_through_transitions_and_pauses) {
  // Picture 1 stands 0…0.5, 2 comes 0.5…1.5 and stands to 3.5, 3 comes to 4.3 and stands to 5.5.
  const std::vector<Moment> moments = tell_story(with_story(), kSizes).moments;
  EXPECT_NEAR(duration_secs(moments), 5.5, 1e-5);
  EXPECT_NEAR(arrival_secs(moments, 1), 1.5, 1e-6);
  const auto expect = [&](double time, int from, int to, float progress) {
    const MomentAt at = moment_at(moments, time);
    EXPECT_EQ(at.from, from) << time;
    EXPECT_EQ(at.to, to) << time;
    EXPECT_NEAR(at.progress, progress, 1e-5) << time;
  };
  expect(-1, 0, 0, 1);
  expect(0, 0, 0, 1);
  expect(0.4999, 0, 0, 1);
  expect(0.5, 0, 1, 0);
  expect(1.0, 0, 1, 0.5f);
  expect(1.5, 1, 1, 1);
  expect(3.9, 1, 2, 0.5f);
  expect(5, 2, 2, 1);
  expect(100, 2, 2, 1);
}

TEST(Story, easings_begin_at_0_end_at_1_and_never_go_back) {
  const auto smoothstep = [](float u) { return u * u * (3 - 2 * u); };
  for (const Easing easing : {Easing::InOut, Easing::In, Easing::Out, Easing::Linear}) {
    EXPECT_NEAR(mix_of(easing, 0), 0, 1e-6);
    EXPECT_NEAR(mix_of(easing, 1), 1, 1e-6);
    for (int i = 1; i <= 100; ++i)
      EXPECT_GE(mix_of(easing, static_cast<float>(i) / 100), mix_of(easing, static_cast<float>(i - 1) / 100));
  }
  EXPECT_NEAR(smoothstep(mix_of(Easing::Linear, 0.3f)), 0.3, 1e-5);
  EXPECT_NEAR(smoothstep(mix_of(Easing::In, 0.5f)), 0.25, 1e-5);
  EXPECT_NEAR(smoothstep(mix_of(Easing::Out, 0.5f)), 0.75, 1e-5);
}

TEST(Story, a_command_that_is_refused_is_told_and_the_rest_is_shown) {
  Document document = done(with_story(), "story-edit 2 \"set-query 40; set-view matrix\"");
  const ToldStory told = tell_story(document, kSizes);
  ASSERT_EQ(told.faults.size(), 1u);
  EXPECT_NE(told.faults[0].message.find("step 2"), std::string::npos) << told.faults[0].message;
  EXPECT_EQ(told.moments[1].document.view.kind, ViewKind::Matrix);
}

TEST(Story, steps_are_moved_copied_and_deleted) {
  Document document = with_story();
  const std::vector<std::string> names = titles(document);
  EXPECT_EQ(names, (std::vector<std::string>{"start", "three", "token 8, view arcs"}));
  EXPECT_EQ(titles(done(document, "story-move 3 1")),
            (std::vector<std::string>{names[2], names[0], names[1]}));
  EXPECT_EQ(titles(done(document, "story-move 1 3")),
            (std::vector<std::string>{names[1], names[2], names[0]}));
  EXPECT_EQ(titles(done(document, "story-duplicate 1")),
            (std::vector<std::string>{names[0], names[0], names[1], names[2]}));
  EXPECT_EQ(titles(done(document, "story-delete 2")), (std::vector<std::string>{names[0], names[2]}));
  for (const char* line : {"story-delete 4", "story-move 1 4", "story-rename 9 x", "story-add \"nonsense\"",
                           "story-add \"story-clear\"", "story-add \"undo\"", "auto-story texts \"a\"",
                           "auto-story temperature -1 2"}) {
    const Result<Command> command = parse_command(line);
    ASSERT_TRUE(command.ok()) << line;
    const Result<Document> next = reduce(document, std::get<Action>(*command), kContext);
    ASSERT_FALSE(next.ok()) << line;
    EXPECT_FALSE(next.error().hint.empty()) << line;
  }
}

TEST(Story, what_lies_between_two_states_leads_from_one_to_the_other) {
  const char* lines[] = {"set-text \"a b ; \\\"c\\\"\"",
                         "set-second-text then",
                         "set-input cat.png",
                         "set-view arcs",
                         "set-input dog.png",
                         "set-view picture",
                         "set-input \"\"",
                         "set-model other",
                         "select-heads 1.1 2.5",
                         "select-head 0.3",
                         "set-head-mix mean",
                         "set-query 7",
                         "pin 9 1",
                         "set-key none",
                         "set-query none",
                         "pin 4 2",
                         "set-part cross",
                         "set-key 3",
                         "set-part decoder",
                         "set-query 5",
                         "set-part encoder",
                         "set-view matrix",
                         "set-threshold 0.25",
                         "set-top-k 4",
                         "set-cumulative-mass 0.5",
                         "set-scale log",
                         "set-hide-first on",
                         "set-hide-special on",
                         "set-renormalize on",
                         "set-merge-words on",
                         "set-labels off",
                         "set-theme light",
                         "set-palette okabe-ito",
                         "set-matrix-colors head",
                         "set-present on",
                         "set-title \"T\"",
                         "set-subtitle \"S\"",
                         "look-at cell 3 7",
                         "camera-zoom 3",
                         "camera-move 0.1 -0.2",
                         "look-at all",
                         "spotlight token 5 edge 7 2",
                         "note edge 7 2 \"it → dog\"",
                         "note token 3 \"x\"",
                         "note edge 7 2 \"again\"",
                         "set-temperature 0.2"};
  std::vector<Document> states = {Document{}};
  for (const char* line : lines) states.push_back(done(states.back(), line));
  for (std::size_t i = 0; i < states.size(); ++i) {
    for (std::size_t j = 0; j < states.size(); ++j) {
      Document at = states[i];
      for (const Action& action : actions_between(states[i], states[j]))
        at = done(at, to_string(Command(action)));
      ASSERT_EQ(at, states[j]) << i << " → " << j;
    }
  }
}

TEST(Story, recorded_steps_tell_what_was_done) {
  Document document;
  document.text = "the dog slept .";
  const char* lines[] = {"set-query 2", "set-text \"the cat slept .\"", "look-at token 2",
                         "set-caption \"now the cat\"", "set-view arcs"};
  std::vector<Document> reached = {document};
  for (const char* line : lines) {
    Document next = done(document, line);
    next.story = with_recorded_step(document, next);
    document = next;
    if (std::string_view(line).starts_with("set-caption"))
      reached.back() = document;  // a caption is the last step's
    else
      reached.push_back(document);
  }
  const ToldStory told = tell_story(document, kSizes);
  ASSERT_EQ(told.moments.size(), reached.size());
  for (std::size_t i = 0; i < reached.size(); ++i)
    EXPECT_EQ(told.moments[i].document.state(), reached[i].state()) << i;
}

TEST(Story, automatic_stories_go_through_what_they_say) {
  Document document;
  document.text = "the dog slept .";
  document.selection.heads = {{2, 5}};
  const auto moments = [&](const std::string& line) {
    return tell_story(done(document, line), kSizes).moments;
  };
  EXPECT_EQ(done(document, "auto-story layers").story->steps[4].name, "layer 4");
  EXPECT_EQ(done(document, "auto-story heads").story->steps[7].name, "head 2·7");
  const std::vector<Moment> words = moments("auto-story words");
  ASSERT_EQ(words.size(), 13u);
  for (int i = 0; i < 13; ++i) EXPECT_EQ(words[static_cast<std::size_t>(i)].document.selection.query, i);
  const std::vector<Moment> layers = moments("auto-story layers");
  ASSERT_EQ(layers.size(), 6u);
  EXPECT_EQ(layers[4].document.selection.heads, (std::vector<HeadRef>{{4, 5}}));
  const std::vector<Moment> heads = moments("auto-story heads");
  ASSERT_EQ(heads.size(), 8u);
  EXPECT_EQ(heads[7].document.selection.heads, (std::vector<HeadRef>{{2, 7}}));
  const std::vector<Moment> sweep = moments("auto-story temperature 0.2 2");
  EXPECT_FLOAT_EQ(sweep.front().document.temperature, 0.2f);
  EXPECT_FLOAT_EQ(sweep.back().document.temperature, 2.0f);
  for (std::size_t i = 1; i < sweep.size(); ++i)
    EXPECT_GT(sweep[i].document.temperature, sweep[i - 1].document.temperature);
  const std::vector<Moment> texts = moments("auto-story texts \"the dog\" \"the cat\"");
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].document.text, "the dog");
  EXPECT_EQ(texts[1].document.text, "the cat");
}

TEST(StoryJson, a_story_comes_back_with_every_field) {
  Document document = with_story();
  for (const char* line : {"set-query 5", "note token 2 \"n\"", "spotlight token 5", "look-at cell 3 7",
                           "set-temperature 0.5", "set-caption \"c\""})
    document = done(document, line);
  const Result<Document> again = parse_document(document_text(document), "test");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, document);
  // A start that is the document itself is not written twice.
  EXPECT_NE(document_text(document).find("\"start\":"), std::string::npos);
  EXPECT_EQ(document_text(with_story()).find("\"start\":"), std::string::npos);
}

TEST(StoryJson, the_example_of_the_format_page_is_a_story) {
  std::ifstream file("docs/story-format.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t begin = page.find("```json\n") + 8, end = page.find("```", begin);
  ASSERT_NE(end, std::string::npos);
  const Result<Document> document = parse_document(page.substr(begin, end - begin), "story-format.md");
  ASSERT_TRUE(document.ok()) << document.error().message;
  ASSERT_EQ(document->story->n_steps(), 5);
  EXPECT_EQ(document->story->start, document->state());
  const ToldStory told = tell_story(*document, kSizes);
  EXPECT_TRUE(told.faults.empty());
  EXPECT_EQ(told.moments[3].document.camera.at, (Place{Place::Kind::Token, 8, -1}));
  EXPECT_EQ(told.moments[3].document.notes.size(), 1u);
  EXPECT_EQ(told.moments[4].document.text, "The street was wide.");
}

TEST(StoryJson, fields_of_newer_versions_are_kept_in_every_corner) {
  const std::string text =
      R"({"headscope": 2, "text": "hi", "story": {"music": "a.ogg", "start": {"text": "ho", "glow": 1,
          "view": {"kind": "arcs", "fog": 2}}, "steps": [{"do": "set-query 1", "sound": {"x": [1]}}]}})";
  const Result<Document> document = parse_document(text, "test");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(document->story->start.text, "ho");
  const std::string written = document_text(*document);
  for (const char* kept : {"\"music\"", "\"glow\"", "\"fog\"", "\"sound\""})
    EXPECT_NE(written.find(kept), std::string::npos) << kept << written;
  const Result<Document> again = parse_document(written, "again");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, *document);
}

TEST(StoryJson, malformed_stories_are_refused_with_the_step) {
  struct Case {
    const char *story, *said;
  };
  const Case cases[] = {
      {R"([])", "story"},
      {R"({"steps": {}})", "'steps'"},
      {R"({"steps": [1]})", "step 1"},
      {R"({"steps": [{"do": 1}]})", "step 1"},
      {R"({"steps": [{"do": [1]}]})", "step 1"},
      {R"({"steps": [{}, {"do": ["set-qery 1"]}]})", "step 2"},
      {R"({"steps": [{"do": ["set-query one"]}]})", "query"},
      {R"({"steps": [{"do": ["undo"]}]})", "undo"},
      {R"({"steps": [{"do": ["story-clear"]}]})", "story-clear"},
      {R"({"steps": [{"do": ["set-text \"open"]}]})", "quotes"},
      {R"({"steps": [{"duration": -1}]})", "duration"},
      {R"({"steps": [{"duration": 1e9}]})", "duration"},
      {R"({"steps": [{"pause": "long"}]})", "pause"},
      {R"({"steps": [{"easing": "bounce"}]})", "easing"},
      {R"({"steps": [{"stagger": 7}]})", "stagger"},
      {R"({"steps": [{"caption": 7}]})", "caption"},
      {R"({"steps": [{"name": null, "caption": {}}]})", "caption"},
      {R"({"start": 1})", "start"},
      {R"({"start": {"model": ""}})", "model"},
      {R"({"start": {"temperature": 0}})", "temperature"},
      {R"({"start": {"camera": {"at": "token"}}})", "place"},
      {R"({"start": {"camera": {"zoom": 0}}})", "zoom"},
      {R"({"start": {"spotlight": ["token 1 2"]}})", "place"},
      {R"({"start": {"spotlight": "token 1"}})", "spotlight"},
      {R"({"start": {"notes": [{"text": "x"}]}})", "at"},
      {R"({"start": {"notes": [{"at": "edge 1", "text": "x"}]}})", "place"},
  };
  for (const Case& test : cases) {
    const Result<Document> document =
        parse_document(std::string(R"({"headscope": 1, "story": )") + test.story + "}", "bad.headscope");
    ASSERT_FALSE(document.ok()) << test.story;
    EXPECT_NE(document.error().message.find("bad.headscope"), std::string::npos) << document.error().message;
    EXPECT_NE(document.error().message.find(test.said), std::string::npos)
        << test.story << ": " << document.error().message;
    EXPECT_FALSE(document.error().hint.empty());
  }
}

}  // namespace
}  // namespace headscope
