#include "document/model_reference.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/hash.h"
#include "base/paths.h"
#include "document/command.h"
#include "io/quote.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // of a safetensors file

bool is_built_in(const std::string& name) {
  std::error_code ignored;
  return name.find('/') == std::string::npos && fs::is_directory(assets_dir() / "models" / name, ignored);
}

/// A built-in model, a checkpoint folder, or a dump.
bool is_there(const std::string& model) {
  std::error_code ignored;
  return is_built_in(model) || (!model.empty() && fs::exists(model, ignored));
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// Adds the first `most` bytes of the stream. Returns how many there were.
std::uint64_t add_bytes(Hasher& hasher, std::istream& in, std::uint64_t most) {
  std::array<char, 1 << 16> buffer{};
  std::uint64_t n = 0;
  while (n < most && in) {
    in.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(buffer.size(), most - n)));
    hasher.bytes(buffer.data(), static_cast<std::size_t>(in.gcount()));
    n += static_cast<std::uint64_t>(in.gcount());
  }
  return n;
}

/// The header's length in little-endian bytes, then the header.
void add_header(Hasher& hasher, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<unsigned char, 8> bytes{};
  if (!in.read(reinterpret_cast<char*>(bytes.data()), bytes.size())) return;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) length |= std::uint64_t{bytes[i]} << (8 * i);
  hasher.add(length);
  add_bytes(hasher, in, std::min(length, kMaxHeaderBytes));
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// In the document and where its story begins.
template <class Change>
void change_states(Document& document, const Change& change) {
  change(document.state());
  const DocumentState& start = document.story->start;
  if (document.story->empty() || (start.model == "stories" && start.input.empty())) return;
  Story story = *document.story;
  change(story.start);
  document.story = std::move(story);
}

}  // namespace

std::string checkpoint_hash(const fs::path& folder) {
  std::ifstream config(folder / "config.json", std::ios::binary);
  if (!config) return {};
  Hasher hasher;
  add_bytes(hasher, config, kMaxHeaderBytes);
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().extension() == ".safetensors") files.push_back(at->path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    hasher.add(std::string_view(file.filename().string()));
    add_header(hasher, file);
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hasher.value()));
  return text;
}

Document with_relative_paths(Document document, const fs::path& folder) {
  std::error_code failed;
  const fs::path base = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, failed);
  const auto make_relative = [&](std::string& path) {
    const fs::path full = fs::weakly_canonical(path, failed);
    const fs::path relative = failed ? fs::path() : full.lexically_relative(base);
    if (!relative.empty()) path = relative.generic_string();
  };
  change_states(document, [&](DocumentState& state) {
    if (is_file(state.input)) make_relative(state.input);
    if (is_built_in(state.model) || !is_folder(state.model)) return;
    state.model_hash = checkpoint_hash(state.model);
    make_relative(state.model);
  });
  return document;
}

Document with_found_paths(Document document, const fs::path& folder) {
  const auto beside = [&](const std::string& path) { return (folder / path).lexically_normal(); };
  change_states(document, [&](DocumentState& state) {
    if (!state.input.empty() && is_file(beside(state.input)))
      state.input = beside(state.input).generic_string();
    const fs::path model = state.model;
    if (is_built_in(state.model) || model.is_absolute()) return;
    if (is_folder(beside(state.model))) state.model = beside(state.model).generic_string();
  });
  return document;
}

std::string missing_model(const Document& document) {
  if (!is_there(document.model)) return document.model;
  const Story& story = *document.story;
  return story.empty() || is_there(story.start.model) ? "" : story.start.model;
}

Document with_model_at(Document document, const std::string& missing, const std::string& found) {
  const auto change = [&](DocumentState& state) {
    if (state.model != missing) return;
    state.model = found;
    state.model_hash.clear();
  };
  change(document.state());
  if (document.story->empty()) return document;
  Story story = *document.story;
  change(story.start);
  for (StoryStep& step : story.steps) {
    for (std::string& line : step.commands) {
      const Result<Command> command = parse_command(line);
      const Action* action = command ? std::get_if<Action>(&*command) : nullptr;
      const SetModel* chosen = action ? std::get_if<SetModel>(action) : nullptr;
      if (chosen && chosen->model == missing) line = to_string(Command(Action{SetModel{found}}));
    }
  }
  document.story = std::move(story);
  return document;
}

Status check_model(const DocumentState& state) {
  if (is_built_in(state.model)) return {};
  if (!is_there(state.model)) {
    return Error{ErrorCode::NotFound,
                 "the model " + quote(state.model, 300) + " of this document is not there",
                 "Ctrl+F chooses its folder; the rest is shown as it is"};
  }
  if (!state.model_hash.empty() && state.model_hash != checkpoint_hash(state.model)) {
    return Error{ErrorCode::Corrupt,
                 "the model " + quote(state.model, 300) + " changed since this document was saved",
                 "The picture is what the model computes now; its numbers may differ"};
  }
  return {};
}

}  // namespace headscope
