#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "document/document.h"
#include "document/file_lock.h"

namespace headscope {

/// A document that a crash left behind. Whoever holds this value is the only one who is offered it.
struct LeftDocument {
  std::filesystem::path path;
  Document document;
  FileLock lock;
};

/// One running program's safety copy in a folder that all of them share: NAME.headscope, and NAME.lock, which
/// is held for as long as the program lives. A copy whose lock is free was left by a crash. One thread at a
/// time.
class Autosave {
 public:
  /// Makes the folder when it is not there. Errors: Io.
  static Result<Autosave> start(const std::filesystem::path& folder);

  Autosave(Autosave&&) noexcept = default;
  Autosave& operator=(Autosave&&) noexcept = default;

  /// Errors: Io; the copy before stays.
  Status write(const Document& document);
  /// The program ends well, or there is nothing to save: takes the copy away.
  void discard_copy();
  /// Takes copy and lock away. Nothing may be written afterwards.
  void finish();

  /// The copies that crashes left, newest first; each is claimed. A copy that cannot be read is set aside as
  /// NAME.unreadable.
  static std::vector<LeftDocument> take_left(const std::filesystem::path& folder);
  /// Removes a copy that was taken over or declined.
  static void discard(LeftDocument& left);

  const std::filesystem::path& path() const { return path_; }

 private:
  Autosave(std::filesystem::path path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  FileLock lock_;
};

}  // namespace headscope
