#include "export/embedded_document.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include "export/render_document.h"
#include "io/mapped_file.h"
#include "io/png_summary.h"
#include "io/quote.h"
#include "render/vector/vector_picture.h"

namespace headscope {

namespace {

Error none(const std::string& name) {
  return {ErrorCode::Unsupported, quote(name, 300) + " carries no document",
          "Open a picture that Headscope saved, or export it without --no-document"};
}
Error corrupt(const std::string& name, const std::string& what) {
  return {ErrorCode::Corrupt, "the document in " + quote(name, 300) + " cannot be read: " + what,
          "Export the picture again"};
}

/// Digits at `at`, at most nine of them; moves `at` behind them.
std::optional<std::size_t> digits(std::string_view text, std::size_t& at) {
  std::size_t value = 0, n = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++n) {
    if (n == 9) return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(text[at] - '0');
  }
  return n > 0 ? std::optional(value) : std::nullopt;
}

/// The number behind the last `key` in the text.
std::optional<std::size_t> last_number(std::string_view text, std::string_view key) {
  std::size_t at = text.rfind(key);
  if (at == std::string_view::npos) return std::nullopt;
  at += key.size();
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r')) ++at;
  return digits(text, at);
}

/// How our attachment begins, up to the number of its bytes. Written and looked for by the same words.
constexpr std::string_view kPdfBlock =
    "<< /Type /EmbeddedFile /Subtype /application#2Fjson /HeadscopeDocument 1 /Length ";
constexpr std::string_view kPdfStream = " >>\nstream\n", kPdfEnd = "\nendstream";

/// A character reference such as &amp; at `at`; moves `at` behind it.
bool append_reference(std::string_view text, std::size_t& at, std::string& out) {
  struct Named {
    std::string_view name;
    char value;
  };
  static constexpr Named kNames[] = {{"&amp;", '&'},   {"&lt;", '<'},   {"&gt;", '>'},   {"&quot;", '"'},
                                     {"&apos;", '\''}, {"&#10;", '\n'}, {"&#13;", '\r'}, {"&#9;", '\t'}};
  for (const Named& named : kNames) {
    if (text.substr(at, named.name.size()) != named.name) continue;
    out.push_back(named.value);
    at += named.name.size();
    return true;
  }
  return false;
}

}  // namespace

Result<std::string> attach_to_pdf(std::string pdf, std::string_view document) {
  const auto unknown = [] {
    return Error{ErrorCode::Unsupported,
                 "the document cannot be attached to this PDF: its table of objects is not known",
                 "Use --no-document, or SVG"};
  };
  const std::optional<std::size_t> table = last_number(pdf, "startxref"), size = last_number(pdf, "/Size "),
                                   root = last_number(pdf, "/Root "), info = last_number(pdf, "/Info ");
  if (!table || !size || !root || *table >= pdf.size() || pdf.compare(*table, 4, "xref") != 0)
    return unknown();
  // The catalogue, to be written again with one more entry.
  const std::string begin = "\n" + std::to_string(*root) + " 0 obj\n";
  const std::size_t object = pdf.rfind(begin);
  const std::size_t open = object == std::string::npos ? object : pdf.find("<<", object);
  const std::size_t close = open == std::string::npos ? open : pdf.find("endobj", open);
  if (close == std::string::npos) return unknown();
  const std::string catalog = pdf.substr(open + 2, pdf.rfind(">>", close) - open - 2);

  const std::size_t file = *size, spec = *size + 1;
  std::vector<std::pair<std::size_t, std::size_t>> offsets;  // object, where it begins
  const auto begin_object = [&](std::size_t number) {
    offsets.emplace_back(number, pdf.size());
    pdf += std::to_string(number) + " 0 obj\n";
  };
  if (pdf.back() != '\n') pdf += '\n';
  begin_object(*root);
  pdf += "<<" + catalog + "/Names << /EmbeddedFiles << /Names [ (document.headscope) " +
         std::to_string(spec) + " 0 R ] >> >>\n>>\nendobj\n";
  begin_object(file);
  pdf += std::string(kPdfBlock) + std::to_string(document.size()) + std::string(kPdfStream);
  pdf += document;
  pdf += std::string(kPdfEnd) + "\nendobj\n";
  begin_object(spec);
  pdf +=
      "<< /Type /Filespec /F (document.headscope) /UF (document.headscope) /AFRelationship /Source /EF << "
      "/F " +
      std::to_string(file) + " 0 R >> >>\nendobj\n";
  const std::size_t xref = pdf.size();
  pdf += "xref\n";
  std::sort(offsets.begin(), offsets.end());
  for (const auto& [number, offset] : offsets) {
    char line[64];
    std::snprintf(line, sizeof line, "%zu 1\n%010zu 00000 n \n", number, offset);
    pdf += line;
  }
  pdf += "trailer\n<< /Size " + std::to_string(*size + 2) + " /Root " + std::to_string(*root) + " 0 R";
  if (info) pdf += " /Info " + std::to_string(*info) + " 0 R";
  pdf += " /Prev " + std::to_string(*table) + " >>\nstartxref\n" + std::to_string(xref) + "\n%%EOF\n";
  return pdf;
}

Result<std::string> document_in_pdf(std::string_view bytes, const std::string& name) {
  if (bytes.substr(0, 5) != "%PDF-") return corrupt(name, "it does not begin as a PDF does");
  std::size_t at = bytes.rfind(kPdfBlock);
  if (at == std::string_view::npos) return none(name);
  at += kPdfBlock.size();
  const std::optional<std::size_t> length = digits(bytes, at);
  if (!length || *length > kMaxEmbeddedBytes) return corrupt(name, "its length makes no sense");
  if (bytes.substr(at, kPdfStream.size()) != kPdfStream)
    return corrupt(name, "its attachment does not begin");
  at += kPdfStream.size();
  if (*length > bytes.size() - at || bytes.substr(at + *length, kPdfEnd.size()) != kPdfEnd)
    return corrupt(name, "the file is cut short");
  return std::string(bytes.substr(at, *length));
}

Result<std::string> document_in_svg(std::string_view bytes, const std::string& name) {
  const std::string open = std::string("<") + kSvgDocumentElement,
                    close = std::string("</") + kSvgDocumentElement + ">";
  std::size_t at = bytes.find(open);
  if (at == std::string_view::npos) return none(name);
  at = bytes.find('>', at);
  const std::size_t end = at == std::string_view::npos ? at : bytes.find(close, at);
  if (end == std::string_view::npos) return corrupt(name, "the file is cut short");
  if (end - at > 6 * kMaxEmbeddedBytes) return corrupt(name, "it is too long");
  const std::string_view text = bytes.substr(0, end);
  std::string document;
  for (++at; at < text.size();) {
    if (text[at] == '<') return corrupt(name, "there is markup inside it");
    if (text[at] != '&') {
      document.push_back(text[at++]);
    } else if (!append_reference(text, at, document)) {
      return corrupt(name, "a character reference in it is not known");
    }
  }
  if (document.size() > kMaxEmbeddedBytes) return corrupt(name, "it is too long");
  return document;
}

Result<std::string> document_in_png(std::span<const std::byte> bytes, const std::string& name) {
  const Result<DecodedImage> png = decode_png(bytes, name);
  if (!png) return png.error();
  for (const auto& [key, text] : png->texts)
    if (key == kDocumentKey) return text;
  return none(name);
}

bool may_carry_document(const std::filesystem::path& path) {
  const std::filesystem::path ending = path.extension();
  return ending == ".png" || ending == ".apng" || ending == ".svg" || ending == ".pdf";
}

Result<std::string> read_embedded_document(const std::filesystem::path& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  if (path.extension() == ".svg") return document_in_svg(file->text(), path.string());
  if (path.extension() == ".pdf") return document_in_pdf(file->text(), path.string());
  return document_in_png(file->bytes(), path.string());
}

}  // namespace headscope
