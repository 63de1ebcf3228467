#include <algorithm>
#include <numeric>

#include "scene/layout_fixture.h"
#include "scene/morph.h"
#include "scene/picking.h"

namespace headscope {
namespace {

constexpr int kSide = 4;  // patches

/// A class token and 4 x 4 patches of a picture of 64 x 64 pixels.
AttentionTrace picture_trace(int n_heads = 2) {
  std::vector<std::string> names(1 + kSide * kSide);
  AttentionTrace trace = random_trace(names, 2, n_heads, false);
  for (std::size_t i = 0; i < trace.tokens.size(); ++i) {
    const int patch = static_cast<int>(i) - 1;
    trace.tokens[i].special = i == 0;
    trace.tokens[i].label =
        i == 0 ? "[CLS]"
               : "patch " + std::to_string(patch / kSide + 1) + "," + std::to_string(patch % kSide + 1);
  }
  auto picture = std::make_unique<TracePicture>();
  picture->width = picture->height = 64;
  picture->n_rows = picture->n_columns = kSide;
  picture->first_patch = 1;
  picture->rgba.assign(64 * 64 * 4, 200);
  auto media = std::make_shared<TraceMedia>();
  media->picture = std::move(picture);
  trace.media = std::move(media);
  return trace;
}

Document looking(std::optional<int> query, std::vector<HeadRef> heads = {{0, 0}}) {
  Document d = document(ViewKind::Picture);
  d.selection.query = query;
  d.selection.heads = std::move(heads);
  return d;
}

/// The elements of a layout whose meaning is a token: patches that weights lie on.
std::vector<std::size_t> heat_cells(const Layout& l) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i)
    if (l.ribbon_meanings[i].kind == Meaning::Kind::Token) cells.push_back(i);
  return cells;
}

const Rect& photo_rect(const Layout& l) {
  const auto at = std::find_if(l.image_values.begin(), l.image_values.end(),
                               [](const auto& values) { return values->pixels != nullptr; });
  return l.images[static_cast<std::size_t>(at - l.image_values.begin())].state.rect;
}

/// The accent-coloured frame of the chosen patch.
const Element<BoxState>* query_frame(const Layout& l) {
  for (const auto& box : l.boxes)
    if (box.state.fill.a == 0 && box.state.stroke == theme_colors(Theme::Dark).accent) return &box;
  return nullptr;
}

TEST(PatchView, keeps_to_what_every_view_keeps_to) {
  const AttentionTrace trace = picture_trace(12);
  std::vector<HeadRef> many;
  for (int head = 0; head < 12; ++head) many.push_back({0, head});
  for (const std::optional<int> query : {std::optional<int>(), std::optional(0), std::optional(7)})
    for (const auto& heads : {std::vector<HeadRef>{{0, 0}}, {{0, 0}, {1, 1}, {1, 2}}, many})
      for (const float width : {1280.0f, 420.0f}) {
        const std::string what = "query " + std::to_string(query.value_or(-1)) + ", " +
                                 std::to_string(heads.size()) + " heads, " + std::to_string(width);
        const Layout l = build_layout(looking(query, heads), trace, stage(width, 0.6f * width));
        expect_consistent(l, what);
        expect_within(l, what);
        expect_no_overlapping_labels(l, what);
      }
}

TEST(PatchView, every_patch_lies_on_its_part_of_the_picture) {
  const Layout l = build_layout(looking(5), picture_trace(), stage());
  const Rect photo = photo_rect(l);
  EXPECT_NEAR(photo.width, photo.height, 0.01f);
  EXPECT_GT(photo.height, 400);
  const std::vector<std::size_t> cells = heat_cells(l);
  ASSERT_EQ(cells.size(), std::size_t{kSide * kSide});
  for (const std::size_t i : cells) {
    const int patch = l.ribbon_meanings[i].query - 1;
    const RibbonState& cell = l.ribbons[i].state;
    EXPECT_NEAR((cell.p0.x + cell.p3.x) / 2,
                photo.x + photo.width * (static_cast<float>(patch % kSide) + 0.5f) / kSide, 0.1f);
    EXPECT_NEAR(cell.p0.y, photo.y + photo.height * (static_cast<float>(patch / kSide) + 0.5f) / kSide, 0.1f);
  }
}

TEST(PatchView, the_brightest_patch_is_the_one_with_most_weight) {
  const AttentionTrace trace = picture_trace();
  const int query = 6;
  const Matrix weights = trace.layers[0]->weights(0);
  int best = 1;
  for (int key = 1; key < trace.n_tokens(); ++key)
    if (weights(query, key) > weights(query, best)) best = key;
  const Layout l = build_layout(looking(query), trace, stage());
  const auto bright = [](Color c) { return c.r + c.g + c.b; };
  int brightest = -1;
  float most = -1;
  for (const std::size_t i : heat_cells(l)) {
    EXPECT_FLOAT_EQ(l.ribbon_meanings[i].weight, weights(query, l.ribbon_meanings[i].query));
    if (bright(l.ribbons[i].state.color0) <= most) continue;
    most = bright(l.ribbons[i].state.color0);
    brightest = l.ribbon_meanings[i].query;
  }
  EXPECT_EQ(brightest, best);
}

TEST(PatchView, lines_go_from_the_chosen_patch_alone_by_the_rule_of_the_other_views) {
  const AttentionTrace trace = picture_trace();
  for (const int query : {0, 9}) {
    const Layout l = build_layout(looking(query), trace, stage());
    Document columns = looking(query);
    columns.view.kind = ViewKind::Columns;
    const Layout other = build_layout(columns, trace, stage());
    const auto keys_of = [query](const Layout& layout) {
      std::set<int> keys;
      for (const Meaning& meaning : layout.ribbon_meanings)
        if (meaning.kind == Meaning::Kind::Edge && meaning.query == query) keys.insert(meaning.key);
      return keys;
    };
    EXPECT_EQ(keys_of(l), keys_of(other));
    for (const Meaning& meaning : l.ribbon_meanings)
      if (meaning.kind == Meaning::Kind::Edge) {
        EXPECT_EQ(meaning.query, query);
      }
  }
}

TEST(PatchView, without_a_chosen_patch_the_mean_is_shown) {
  const AttentionTrace trace = picture_trace();
  const Layout l = build_layout(looking({}), trace, stage());
  const Matrix weights = trace.layers[0]->weights(0);
  for (const std::size_t i : heat_cells(l))
    EXPECT_NEAR(l.ribbon_meanings[i].weight, weights.col(l.ribbon_meanings[i].query).mean(), 1e-6f);
  EXPECT_EQ(query_frame(l), nullptr);
}

TEST(PatchView, the_class_token_stands_beside_the_picture_with_its_own_lines) {
  const Layout l = build_layout(looking(0), picture_trace(), stage());
  const Rect photo = photo_rect(l);
  const auto pill = std::find_if(l.box_meanings.begin(), l.box_meanings.end(), [](const Meaning& m) {
    return m.kind == Meaning::Kind::Token && m.query == 0;
  });
  ASSERT_NE(pill, l.box_meanings.end());
  EXPECT_LT(l.boxes[static_cast<std::size_t>(pill - l.box_meanings.begin())].state.rect.right(), photo.x);
  EXPECT_EQ(query_frame(l), nullptr);
  EXPECT_EQ(label_texts(l).count("[CLS]"), 1u);
}

TEST(PatchView, one_frame_glides_from_patch_to_patch) {
  const AttentionTrace trace = picture_trace();
  const Layout a = build_layout(looking(1), trace, stage()), b = build_layout(looking(16), trace, stage());
  ASSERT_NE(query_frame(a), nullptr);
  ASSERT_NE(query_frame(b), nullptr);
  EXPECT_EQ(query_frame(a)->key, query_frame(b)->key);
  EXPECT_FALSE(query_frame(a)->state == query_frame(b)->state);
  // So does every cell: nothing of the heat fades out or in.
  const MorphPtr morph = make_morph(std::make_shared<const Layout>(a), std::make_shared<const Layout>(b));
  for (std::size_t i = 0; i < morph->ribbons.size(); ++i) {
    const TweenTag& tag = morph->ribbon_tags[i];
    if (tag.from >= 0 && a.ribbon_meanings[static_cast<std::size_t>(tag.from)].kind == Meaning::Kind::Token) {
      EXPECT_GE(tag.to, 0);
    }
  }
  ASSERT_EQ(morph->images.size(), 1u);
  EXPECT_GE(morph->image_tags[0].from, 0);
}

TEST(PatchView, several_heads_share_each_patch_in_their_colours) {
  const std::vector<HeadRef> heads = {{0, 0}, {0, 1}, {1, 0}};
  const Layout l = build_layout(looking(3, heads), picture_trace(), stage());
  EXPECT_EQ(heat_cells(l).size(), heads.size() * kSide * kSide);
  std::set<int> hues;
  for (const std::size_t i : heat_cells(l))
    hues.insert(static_cast<int>(l.ribbons[i].state.color0.r * 255) * 256 +
                static_cast<int>(l.ribbons[i].state.color0.g * 255));
  EXPECT_EQ(hues.size(), heads.size());
}

TEST(PatchView, a_cell_of_the_matrix_becomes_the_line_to_its_patch) {
  const AttentionTrace trace = picture_trace();
  Document matrix = looking(3);
  matrix.view.kind = ViewKind::Matrix;
  const Layout a = build_layout(matrix, trace, stage()), b = build_layout(looking(3), trace, stage());
  std::set<ElementKey> cells;
  for (const auto& ribbon : a.ribbons) cells.insert(ribbon.key);
  for (std::size_t i = 0; i < b.ribbons.size(); ++i)
    if (b.ribbon_meanings[i].kind == Meaning::Kind::Edge) {
      EXPECT_TRUE(cells.count(b.ribbons[i].key));
    }
}

TEST(PatchView, the_pointer_finds_the_patch_it_is_on) {
  const auto l = std::make_shared<const Layout>(build_layout(looking({}), picture_trace(), stage()));
  const Rect photo = photo_rect(*l);
  const Picker picker(l);
  const float cell = photo.width / kSide;
  for (int patch = 0; patch < kSide * kSide; ++patch)
    for (const Vec2 part : {Vec2{0.04f, 0.1f}, Vec2{0.96f, 0.9f}, Vec2{0.1f, 0.95f}}) {
      const Vec2 point{photo.x + cell * (static_cast<float>(patch % kSide) + part.x),
                       photo.y + cell * (static_cast<float>(patch / kSide) + part.y)};
      const Pick found = picker.pick(point, 0);
      EXPECT_EQ(found.meaning.query, patch + 1);
      EXPECT_TRUE(found.meaning.query_side);
      EXPECT_EQ(pick(*l, point, 0).meaning.query, patch + 1);
    }
}

TEST(PatchView, many_heads_are_many_small_pictures) {
  std::vector<HeadRef> heads;
  for (int head = 0; head < 12; ++head) heads.push_back({0, head});
  const Layout l = build_layout(looking(2, heads), picture_trace(12), stage());
  EXPECT_EQ(l.images.size(), 24u);  // a picture and a heat map each
  const Rect& first = l.images[0].state.rect;
  const Pick found = pick(l, first.center());
  EXPECT_EQ(found.meaning.layer, 0);
  EXPECT_EQ(found.meaning.head, 0);
  EXPECT_LT(found.meaning.query, 0) << "a click chooses the head";
}

TEST(PatchView, a_text_is_shown_in_columns) {
  const AttentionTrace trace = random_trace(some_words(6), 1, 1);
  const Layout a = build_layout(document(ViewKind::Picture), trace, stage()),
               b = build_layout(document(ViewKind::Columns), trace, stage());
  ASSERT_EQ(a.ribbons.size(), b.ribbons.size());
  for (std::size_t i = 0; i < a.ribbons.size(); ++i) EXPECT_EQ(a.ribbons[i].state, b.ribbons[i].state);
}

}  // namespace
}  // namespace headscope
