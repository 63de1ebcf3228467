#include "input_file.h"

#include <string>

#include "io/quote.h"

namespace headscope {

std::optional<InputKind> input_kind_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") return InputKind::Picture;
  if (ending == ".wav" || ending == ".flac" || ending == ".ogg" || ending == ".opus") return InputKind::Sound;
  return std::nullopt;
}

Error wrong_input(const Model& model, InputKind kind, const std::filesystem::path& file) {
  const char* reads = model.input_kind() == InputKind::Picture ? "looks at pictures"
                      : model.input_kind() == InputKind::Sound ? "listens to sounds"
                                                               : "reads text";
  const bool picture = kind == InputKind::Picture;
  return {ErrorCode::Unsupported,
          quote(file.filename().string(), 80) + " is a " + (picture ? "picture" : "sound") + ", and " +
              quote(model.name(), 60) + " " + reads,
          picture ? "Open a model that looks first, such as ViT or DeiT"
                  : "Open a model that listens first, such as Whisper"};
}

}  // namespace headscope
