#pragma once

#include <vector>

#include "document/export_settings.h"
#include "export/animation.h"
#include "export/export_job.h"

namespace headscope {

/// What is exported, before anything is drawn.
struct ExportSubject {
  Document document;            ///< what a movie tells, and what its files carry
  std::vector<Moment> moments;  ///< at least one
  TraceOf trace_of;
  double at_secs = 0;  ///< the moment of a still, and of a preview
};

/// Computes and lays out all moments, and writes into the job what it shows in words: title, description and,
/// `with_document`, the document. REQUIRES: the job's format and moment are set. Errors: those of `trace_of`.
Result<Animation> animate(const ExportSubject& subject, const PictureOptions& options, FontLibrary& fonts,
                          bool with_document, ExportJob& job);

PictureOptions picture_options(const ExportSettings& settings);
/// REQUIRES: check_settings.
ExportJob export_job(const ExportSettings& settings, double at_secs);

}  // namespace headscope
