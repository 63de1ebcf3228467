#include "tokenizers/token_decoder.h"

#include <optional>

#include "base/utf8.h"
#include "io/quote.h"
#include "tokenizers/byte_level.h"

namespace headscope {

namespace {

using Names = std::vector<std::string>;

std::string replace_all(const std::string& text, const std::string& from, const std::string& to) {
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, done)) {
    result.append(text, done, at - done).append(to);
    done = at + from.size();
  }
  return result.append(text, done);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The byte that "<0x0A>" stands for.
std::optional<char> byte_of_name(const std::string& name) {
  if (name.size() != 6 || name.compare(0, 3, "<0x") != 0 || name[5] != '>') return std::nullopt;
  const int high = hex_digit(name[3]), low = hex_digit(name[4]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

/// Runs of byte tokens become text; a run that is not UTF-8 becomes one U+FFFD a byte.
Names join_bytes(const Names& names) {
  Names result;
  std::string run;
  const auto finish = [&] {
    if (run.empty()) return;
    if (is_valid_utf8(run))
      result.push_back(run);
    else
      result.insert(result.end(), run.size(), "\xEF\xBF\xBD");
    run.clear();
  };
  for (const std::string& name : names) {
    if (const std::optional<char> byte = byte_of_name(name)) {
      run.push_back(*byte);
      continue;
    }
    finish();
    result.push_back(name);
  }
  finish();
  return result;
}

std::string fuse(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += name;
  return text;
}

void strip(std::string& name, const std::string& what, int start, int stop) {
  if (what.empty()) return;
  for (int i = 0; i < start && name.compare(0, what.size(), what) == 0; ++i) name.erase(0, what.size());
  const auto ends = [&] { return name.size() >= what.size() && name.ends_with(what); };
  for (int i = 0; i < stop && ends(); ++i) name.erase(name.size() - what.size());
}

/// Characters of the byte alphabet become the bytes they stand for; a name with any other character (an added
/// token) stands for itself.
std::string spell_bytes(const Names& names) {
  std::string bytes;
  for (const std::string& name : names) {
    std::string spelled;
    bool all = true;
    for (const CodePoint& point : code_points(name)) {
      const std::optional<unsigned char> byte = byte_of_character(point.value);
      if (byte) spelled.push_back(static_cast<char>(*byte));
      all = all && byte;
    }
    bytes += all ? spelled : name;
  }
  return utf8_lossy(bytes);
}

}  // namespace

Result<TokenDecoder> TokenDecoder::read(const Json& json, const std::string& file) {
  TokenDecoder decoder;
  if (json.is_null()) return decoder;
  if (Status status = read_step(json, file, decoder.steps_); !status) return status.error();
  return decoder;
}

Status TokenDecoder::read_step(const Json& json, const std::string& file, std::vector<Step>& steps) {
  JsonFields fields(json, file + ": decoder");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("decoders")) {
      if (Status status = read_step(child, file, steps); !status) return status;
    }
  } else if (type == "Replace" && fields.child("pattern").contains("String")) {
    const Json& pattern = fields.child("pattern");
    const std::string from = JsonFields(pattern, file).string("String");
    if (!from.empty()) steps.push_back({Kind::Replace, from, fields.string("content")});
  } else if (type == "ByteFallback") {
    steps.push_back({Kind::ByteFallback, "", ""});
  } else if (type == "Fuse") {
    steps.push_back({Kind::Fuse, "", ""});
  } else if (type == "Strip") {
    steps.push_back({Kind::Strip, fields.string("content"), "",
                     static_cast<int>(fields.integer("start", 0, 1000)),
                     static_cast<int>(fields.integer("stop", 0, 1000))});
  } else if (type == "ByteLevel") {
    steps.push_back({Kind::ByteLevel, "", ""});
  } else {
    return Error{ErrorCode::Unsupported,
                 file + ": a decoder of the kind " + quote(type) + " is not supported",
                 "Supported are Replace, ByteFallback, Fuse, Strip and ByteLevel"};
  }
  return fields.status();
}

std::string TokenDecoder::apply(Names names) const {
  if (steps_.empty()) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += (i ? " " : "") + names[i];
    return text;
  }
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Kind::Replace:
        for (std::string& name : names) name = replace_all(name, step.from, step.to);
        break;
      case Kind::ByteFallback:
        names = join_bytes(names);
        break;
      case Kind::Fuse:
        names = {fuse(names)};
        break;
      case Kind::Strip:
        for (std::string& name : names) strip(name, step.from, step.start, step.stop);
        break;
      case Kind::ByteLevel:
        names = {spell_bytes(names)};
        break;
    }
  }
  return fuse(names);
}

}  // namespace headscope
