#include "document/reduce.h"

#include <algorithm>
#include <cassert>

#include "document/command.h"
#include "document/names.h"
#include "document/story_edit.h"

namespace headscope {

namespace {

Error no_such_head(const HeadRef& head, const CommandContext& context) {
  return {ErrorCode::InvalidArgument, "there is no head " + to_string(head),
          "The model has " + std::to_string(context.n_layers) + " layers of " +
              std::to_string(context.n_heads) + " heads; both count from 0"};
}

bool exists(const HeadRef& head, const CommandContext& context) {
  if (head.layer < 0 || head.head < 0) return false;
  return (context.n_layers == 0 || head.layer < context.n_layers) &&
         (context.n_heads == 0 || head.head < context.n_heads);
}

/// Where a step by `by` from `from` leads: kept inside 0 … size − 1; without a size inside 0 … ∞.
int moved(int from, int by, int size) {
  const long long target = static_cast<long long>(from) + by;
  const long long last = size > 0 ? size - 1 : 1'000'000;
  return static_cast<int>(std::clamp(target, 0LL, last));
}

Status check_index(int token, int n_tokens) {
  if (token >= 0 && (n_tokens == 0 || token < n_tokens)) return {};
  return Error{ErrorCode::InvalidArgument, "there is no token " + std::to_string(token),
               "The sentence has " + std::to_string(n_tokens) + " tokens; the first one is 0"};
}
/// A token that looks.
Status check_token(int token, const CommandContext& context) {
  return check_index(token, context.n_tokens);
}
/// A token that is looked at.
Status check_key(int token, const CommandContext& context) {
  return check_index(token, context.key_count());
}

Status check_place(const Place& place, const CommandContext& context) {
  if (place.kind == Place::Kind::All) return {};
  if (Status status = check_token(place.query, context); !status) return status;
  return place.is_connection() ? check_key(place.key, context) : Status{};
}

/// Applies one action to a copy of the document; each overload may refuse.
struct Reducer {
  Document& document;
  const CommandContext& context;

  Status operator()(const SetText& action) {
    Result<std::string> text = clean_text(action.text);
    if (!text) return text.error();
    document.text = std::move(*text);
    return {};
  }
  Status operator()(const SetInput& action) {
    Result<std::string> file = clean_text(action.file);
    if (!file) return file.error();
    document.state() = state_with_input(std::move(document.state()), std::move(*file));
    return {};
  }
  Status operator()(const SetSecondText& action) { return set(document.second_text, action.text); }
  Status operator()(const SetModel& action) {
    Result<std::string> model = clean_text(action.model);
    if (!model) return model.error();
    if (model->empty()) {
      return Error{ErrorCode::InvalidArgument, "a model needs a name",
                   "Run 'headscope models' for the built-in ones"};
    }
    document.model = std::move(*model);
    document.model_hash.clear();
    return {};
  }

  Status operator()(const SetPart& action) {
    const ShownPart part = action.part.value_or(next_of(document.selection.part));
    document.selection = selection_in_part(std::move(document.selection), part);
    return {};
  }
  Status operator()(const SelectHead& action) { return select({action.head}); }
  Status operator()(const SelectHeads& action) {
    if (!action.heads.empty()) return select(action.heads);
    if (context.n_layers == 0) {
      return Error{ErrorCode::InvalidArgument, "the model's heads are not known yet",
                   "Try again when it is loaded"};
    }
    std::vector<HeadRef> all;
    for (int layer = 0; layer < context.n_layers; ++layer) {
      for (int head = 0; head < context.n_heads; ++head) all.push_back({layer, head});
    }
    return select(std::move(all));
  }
  Status operator()(const ToggleHead& action) {
    if (!exists(action.head, context)) return no_such_head(action.head, context);
    auto& heads = document.selection.heads;
    const auto at = std::lower_bound(heads.begin(), heads.end(), action.head);
    if (at == heads.end() || *at != action.head) {
      heads.insert(at, action.head);
    } else if (heads.size() > 1) {  // the last one stays: an empty stage would show nothing
      heads.erase(at);
    }
    return {};
  }
  Status operator()(const SelectLayer& action) {
    if (!exists({action.layer, 0}, context)) {
      return Error{ErrorCode::InvalidArgument, "there is no layer " + std::to_string(action.layer),
                   "The model has " + std::to_string(context.n_layers) + " layers; the first one is 0"};
    }
    if (context.n_heads == 0) return select({{action.layer, 0}});
    std::vector<HeadRef> heads;
    for (int head = 0; head < context.n_heads; ++head) heads.push_back({action.layer, head});
    return select(std::move(heads));
  }
  Status operator()(const ChooseHead& action) {
    return select({{document.selection.heads.front().layer, action.head}});
  }
  Status operator()(const StepHead& action) {
    const HeadRef first = document.selection.heads.front();
    if (context.n_heads == 0) return select({{first.layer, moved(first.head, action.by, 0)}});
    const int n_all = context.n_layers * context.n_heads;
    const int to = moved(first.layer * context.n_heads + first.head, action.by, n_all);
    return select({{to / context.n_heads, to % context.n_heads}});
  }
  Status operator()(const StepLayer& action) {
    std::vector<HeadRef> heads = document.selection.heads;
    // All move by the same number of layers, so that none of them falls together with another.
    const int lowest = heads.front().layer, highest = heads.back().layer;
    const int down = lowest - moved(lowest, action.by, context.n_layers);
    const int up = moved(highest, action.by, context.n_layers) - highest;
    const int by = action.by < 0 ? -down : up;
    for (HeadRef& head : heads) head.layer += by;
    return select(std::move(heads));
  }
  Status operator()(const SetHeadMix& action) {
    document.selection.mix = action.mix.value_or(next_of(document.selection.mix));
    return {};
  }

  Status operator()(const SetQuery& action) {
    if (action.query) {
      if (Status status = check_token(*action.query, context); !status) return status;
    }
    document.selection.query = action.query;
    return {};
  }
  Status operator()(const Step& action) {
    auto& query = document.selection.query;
    const int before = query ? *query : action.by > 0 ? -1 : context.n_tokens;
    query = moved(before, action.by, context.n_tokens);
    return {};
  }
  Status operator()(const StepRow& action) {
    if (context.n_columns <= 0) {
      return Error{ErrorCode::InvalidArgument, "there are no rows of patches",
                   "They are of a picture that a model looks at, such as ViT"};
    }
    auto& query = document.selection.query;
    const int n_rows = (context.n_tokens - context.first_patch) / context.n_columns;
    const int patch = query.value_or(-1) - context.first_patch;
    // Without a patch to start from, down begins at the top, up at the bottom.
    const int row = patch >= 0 ? patch / context.n_columns : action.by > 0 ? -1 : n_rows;
    const int column = patch >= 0 ? patch % context.n_columns : 0;
    query = context.first_patch + moved(row, action.by, n_rows) * context.n_columns + column;
    return {};
  }
  Status operator()(const SetKey& action) {
    if (action.key) {
      if (Status status = check_key(*action.key, context); !status) return status;
    }
    document.selection.key = action.key;
    return {};
  }
  Status operator()(const PinEdge& action) {
    if (Status status = check_token(action.query, context); !status) return status;
    if (Status status = check_key(action.key, context); !status) return status;
    document.selection.query = action.query;
    document.selection.key = action.key;
    return {};
  }
  Status operator()(const ReleaseKey&) {
    document.selection.key.reset();
    return {};
  }
  Status operator()(const Release&) {
    if (document.selection.key) {
      document.selection.key.reset();
    } else {
      document.selection.query.reset();
    }
    return {};
  }

  Status operator()(const SetView& action) {
    ViewKind next = next_of(document.view.kind);
    // Going round meets only what there is to see.
    if (next == ViewKind::Picture && document.input.empty()) next = next_of(next);
    document.view.kind = action.view.value_or(next);
    return {};
  }
  Status operator()(const SetThreshold& action) {
    document.view.weight_threshold = std::clamp(action.threshold, 0.0f, 1.0f);
    return {};
  }
  Status operator()(const StepThreshold& action) {
    document.view.weight_threshold = std::clamp(document.view.weight_threshold + action.by, 0.0f, 1.0f);
    return {};
  }
  Status operator()(const SetTopK& action) {
    document.view.top_k = std::max(action.top_k, 0);
    return {};
  }
  Status operator()(const SetCumulativeMass& action) {
    document.view.cumulative_mass = std::clamp(action.mass, 0.01f, 1.0f);
    return {};
  }
  Status operator()(const SetScale& action) {
    document.view.scale = action.scale.value_or(next_of(document.view.scale));
    return {};
  }
  Status operator()(const SetHideFirst& action) { return set(document.view.hide_first_token, action.hide); }
  Status operator()(const SetHideSpecial& action) {
    return set(document.view.hide_special_tokens, action.hide);
  }
  Status operator()(const SetRenormalize& action) {
    return set(document.view.renormalize, action.renormalize);
  }
  Status operator()(const SetMergeWords& action) { return set(document.view.merge_words, action.merge); }
  Status operator()(const SetLabels& action) { return set(document.view.show_labels, action.labels); }
  Status operator()(const SetPresent& action) { return set(document.view.present, action.present); }
  Status operator()(const SetTheme& action) {
    document.view.theme = action.theme.value_or(next_of(document.view.theme));
    return {};
  }
  Status operator()(const SetPalette& action) {
    document.view.palette = action.palette.value_or(next_of(document.view.palette));
    return {};
  }
  Status operator()(const SetMatrixColors& action) {
    document.view.matrix_colors = action.colors.value_or(next_of(document.view.matrix_colors));
    return {};
  }
  Status operator()(const SetTitle& action) { return set(document.view.title, action.title); }
  Status operator()(const SetSubtitle& action) { return set(document.view.subtitle, action.subtitle); }
  Status operator()(const ResetView&) {
    const ViewOptions fresh;
    ViewOptions& view = document.view;
    view.weight_threshold = fresh.weight_threshold;
    view.top_k = fresh.top_k;
    view.cumulative_mass = fresh.cumulative_mass;
    view.scale = fresh.scale;
    view.hide_first_token = fresh.hide_first_token;
    view.hide_special_tokens = fresh.hide_special_tokens;
    view.renormalize = fresh.renormalize;
    view.merge_words = fresh.merge_words;
    view.show_labels = fresh.show_labels;
    return {};
  }

  Status operator()(const SetCaption& action) { return set(document.caption, action.caption); }
  Status operator()(const LookAt& action) {
    if (Status status = check_place(action.at, context); !status) return status;
    document.camera = camera_looking_at(action.at);
    return {};
  }
  Status operator()(const SetCameraZoom& action) {
    document.camera.zoom = std::clamp(action.zoom, kMinCameraZoom, kMaxCameraZoom);
    return {};
  }
  Status operator()(const SetCameraOffset& action) {
    document.camera.x = std::clamp(action.x, -10.0f, 10.0f);
    document.camera.y = std::clamp(action.y, -10.0f, 10.0f);
    return {};
  }
  Status operator()(const SetSpotlight& action) {
    for (const Place& place : action.places)
      if (Status status = check_place(place, context); !status) return status;
    document.spotlight = action.places;
    return {};
  }
  Status operator()(const PinNote& action) {
    constexpr std::size_t kMaxNotes = 1000;
    if (Status status = check_place(action.at, context); !status) return status;
    Result<std::string> text = clean_text(action.text);
    if (!text) return text.error();
    std::vector<Note>& notes = document.notes;
    std::erase_if(notes, [&](const Note& note) { return note.at == action.at; });
    if (!text->empty() && notes.size() < kMaxNotes) notes.push_back({action.at, std::move(*text)});
    return {};
  }
  Status operator()(const ClearNotes&) {
    document.notes.clear();
    return {};
  }
  Status operator()(const SetTemperature& action) {
    document.temperature = std::clamp(action.temperature, kMinTemperature, kMaxTemperature);
    return {};
  }
  /// What is left changes the story.
  template <class StoryAction>
  Status operator()(const StoryAction& action) {
    Result<Story> story = reduce_story(document, Action{action}, context);
    if (!story) return story.error();
    document.story = std::move(*story);
    return {};
  }

 private:
  Status select(std::vector<HeadRef> heads) {
    assert(!heads.empty());
    for (const HeadRef& head : heads) {
      if (!exists(head, context)) return no_such_head(head, context);
    }
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    document.selection.heads = std::move(heads);
    return {};
  }
  static Status set(bool& value, Switch wanted) {
    value = resolve(wanted, value);
    return {};
  }
  static Status set(std::string& value, const std::string& wanted) {
    Result<std::string> text = clean_text(wanted);
    if (!text) return text.error();
    value = std::move(*text);
    return {};
  }
};

}  // namespace

Selection selection_in_part(Selection selection, ShownPart part) {
  if (part == selection.part) return selection;
  const auto both = [&](ShownPart without) { return part != without && selection.part != without; };
  if (!both(ShownPart::Encoder)) selection.query.reset();
  if (!both(ShownPart::Decoder)) selection.key.reset();
  selection.part = part;
  return selection;
}

Result<Document> reduce(const Document& document, const Action& action, const CommandContext& context) {
  const bool relative = is_one_of<Step, StepRow, StepHead, StepLayer, ToggleHead>(action);
  // A relative move starts from what is on screen.
  Document next = relative ? within(document, context) : document;
  if (Status status = std::visit(Reducer{next, context}, action); !status) return status.error();
  return next;
}

DocumentState state_with_input(DocumentState state, std::string file) {
  ViewKind& kind = state.view.kind;
  if (state.input.empty() && !file.empty()) {
    kind = ViewKind::Picture;
    state.selection = selection_in_part(std::move(state.selection), ShownPart::Cross);
  } else if (file.empty() && kind == ViewKind::Picture) {
    kind = ViewKind::Columns;
  }
  state.input = std::move(file);
  return state;
}

Document within(const Document& document, const CommandContext& context) {
  Document inside = document;
  auto& heads = inside.selection.heads;
  std::erase_if(heads, [&](const HeadRef& head) { return !exists(head, context); });
  if (heads.empty()) {
    HeadRef head = document.selection.heads.empty() ? HeadRef{} : document.selection.heads.front();
    head.layer = moved(head.layer, 0, context.n_layers);
    head.head = moved(head.head, 0, context.n_heads);
    heads.push_back(head);
  }
  if (context.n_tokens > 0) {
    std::optional<int>&query = inside.selection.query, &key = inside.selection.key;
    if (query) query = moved(*query, 0, context.n_tokens);
    if (key) key = moved(*key, 0, context.key_count());
  }
  return inside;
}

}  // namespace headscope
