#pragma once

#include <string>

#include "document/document.h"
#include "trace/attention_trace.h"

/// The picture in words, from the numbers that it shows: for those who cannot see it, and as a caption to
/// start from.
namespace headscope {

/// “Head 2·5 of stories: “it” looks 81 % at “dog”, 9 % at “was”. The sentence is “…”.” One sentence a head,
/// at most four heads, at most three keys each; without a step, what each word of the sentence looks at most.
/// Layers that are not computed yet are left out.
std::string alt_text(const Document& document, const AttentionTrace& trace);

/// “stories · “the dog …” · heads 2·5, 2·7 · weight · Headscope 0.1.0”
std::string source_line(const Document& document, const AttentionTrace& trace);

/// A line that names the picture: “What “it” looks at”.
std::string picture_title(const Document& document, const AttentionTrace& trace);

/// The line below a figure: the document's own caption, or else what the picture is about, and where it comes
/// from: “What “it” looks at. stories · “the dog …” · …”
std::string figure_caption(const Document& document, const AttentionTrace& trace);

}  // namespace headscope
