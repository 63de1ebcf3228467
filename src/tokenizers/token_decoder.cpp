#include "tokenizers/token_decoder.h"

#include <optional>
#include <utility>

#include "base/utf8.h"
#include "io/quote.h"
#include "tokenizers/byte_level.h"
#include "tokenizers/text_transforms.h"

namespace headscope {

namespace {

using Names = std::vector<std::string>;

std::string replace_all(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
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

/// What BERT's decoder takes back of the spaces around English signs and contractions, in this order.
std::string without_artefacts(std::string text) {
  constexpr std::pair<const char*, const char*> kRules[] = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kRules) text = replace_all(text, from, to);
  return text;
}

Names join_word_pieces(Names names, const std::string& prefix, bool cleans_up) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      if (names[i].starts_with(prefix))
        names[i].erase(0, prefix.size());
      else
        names[i].insert(0, " ");
    }
    if (cleans_up) names[i] = without_artefacts(names[i]);
  }
  return names;
}

/// The sign for a space becomes one, but for those of the first name where the encoder put one there.
Names spell_spaces(Names names, const std::string& sign, bool was_put_in_front) {
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = replace_all(names[i], sign, i == 0 && was_put_in_front ? "" : " ");
  return names;
}

/// The ends of words become spaces, but for the last one.
Names space_words(Names names, const std::string& word_end) {
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = replace_all(names[i], word_end, i + 1 == names.size() ? "" : " ");
  return names;
}

}  // namespace

Result<TokenDecoder> TokenDecoder::read(const Json& json, const std::string& file) {
  TokenDecoder decoder;
  if (json.is_null()) return decoder;
  if (Status status = decoder.read_step(json, file); !status) return status.error();
  return decoder;
}

Status TokenDecoder::read_step(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": decoder");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("decoders")) {
      if (Status status = read_step(child, file); !status) return status;
    }
  } else if (type == "Replace") {
    return read_replace(json, file);
  } else if (type == "Metaspace") {
    return read_metaspace(json, file);
  } else if (type == "WordPiece") {
    const std::string prefix = fields.string("prefix", "##");
    const bool cleans_up = fields.boolean("cleanup", true);
    steps_.push_back([=](Names names) { return join_word_pieces(std::move(names), prefix, cleans_up); });
  } else if (type == "BPEDecoder") {
    const std::string word_end = fields.string("suffix", "</w>");
    steps_.push_back([=](Names names) { return space_words(std::move(names), word_end); });
  } else if (type == "ByteFallback") {
    steps_.push_back([](const Names& names) { return join_bytes(names); });
  } else if (type == "Fuse") {
    steps_.push_back([](const Names& names) { return Names{fuse(names)}; });
  } else if (type == "Strip") {
    const std::string what = fields.string("content");
    const auto start = static_cast<int>(fields.integer("start", 0, 1000));
    const auto stop = static_cast<int>(fields.integer("stop", 0, 1000));
    steps_.push_back([=](Names names) {
      for (std::string& name : names) strip(name, what, start, stop);
      return names;
    });
  } else if (type == "ByteLevel") {
    steps_.push_back([](const Names& names) { return Names{spell_bytes(names)}; });
  } else {
    return Error{ErrorCode::Unsupported,
                 file + ": a decoder of the kind " + quote(type) + " is not supported",
                 "Supported are ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, Strip and "
                 "Replace"};
  }
  return fields.status();
}

Status TokenDecoder::read_replace(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": decoder");
  JsonFields pattern(fields.child("pattern"), file + ": decoder pattern");
  const std::string with = fields.string("content");
  if (!fields.status()) return fields.status();
  if (pattern.has("Regex")) {
    const Result<Pattern> compiled = compile_pattern(pattern.string("Regex"), file);
    if (!pattern.status()) return pattern.status();
    if (!compiled) return compiled.error();
    steps_.push_back([expression = *compiled, to = u32_of(with)](Names names) {
      for (std::string& name : names) {
        const SymbolText text = symbols_of(name);
        name = utf8_of(replace(text, matches_of(*expression, text), to));
      }
      return names;
    });
    return {};
  }
  const std::string from = pattern.string("String");
  if (!pattern.status()) return pattern.status();
  steps_.push_back([=](Names names) {
    for (std::string& name : names) name = replace_all(name, from, with);
    return names;
  });
  return {};
}

Status TokenDecoder::read_metaspace(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": decoder");
  const std::string sign = fields.string("replacement");
  const std::string scheme =
      fields.string("prepend_scheme", fields.boolean("add_prefix_space", true) ? "always" : "never");
  if (!fields.status()) return fields.status();
  const bool was_put_in_front = scheme != "never";
  steps_.push_back([=](Names names) { return spell_spaces(std::move(names), sign, was_put_in_front); });
  return {};
}

std::string TokenDecoder::apply(Names names) const {
  if (steps_.empty()) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += (i ? " " : "") + names[i];
    return text;
  }
  for (const Step& step : steps_) names = step(std::move(names));
  return fuse(names);
}

}  // namespace headscope
