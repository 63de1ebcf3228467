#pragma once

#include <string>

#include "document/export_settings.h"
#include "ui/ui_texture.h"

namespace headscope {

/// What the export dialog shows, beside what is typed into it.
struct UiExport {
  std::string suggested;   ///< where a file goes when nobody said, without an ending
  bool has_story = false;  ///< an animation tells it; else it reads word by word
  UiTexture picture;       ///< how the export would look; id 0: none yet
  bool measuring = false;  ///< the picture or the estimate is on its way
  std::string facts;       ///< "743 frames · 12.4 s"
  std::string estimate;    ///< "about 3.2 MB, 40 s"
  std::string problem;     ///< why it cannot be exported, a sentence; "" when it can
  std::string note;        ///< what to know before it is: "The file that is there is replaced"
  bool running = false;    ///< an export is on its way
  bool leaving = false;    ///< the window is about to close meanwhile: what is to become of the export?
  std::string title;       ///< "Exporting talk.mp4"
  std::string news;        ///< "frame 120 of 743 · 12 s left"
  float progress = 0;      ///< [0, 1]
};

/// The answer to UiExport::leaving.
enum class UiLeave { Stay, WhenDone, Stop };

}  // namespace headscope
