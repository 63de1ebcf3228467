#include "document/autosave.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <system_error>

#include "document/document_json.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".headscope";

fs::path lock_path(const fs::path& copy) {
  return fs::path(copy).replace_extension(".lock");
}

std::string random_name() {
  std::random_device random;
  char name[32];
  std::snprintf(name, sizeof name, "%08x%08x", random(), random());
  return name;
}

}  // namespace

Result<Autosave> Autosave::start(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) {
    return Error{ErrorCode::Io, "cannot make the folder '" + folder.string() + "': " + fault.message(),
                 "Changes are not saved by themselves; save the document with Ctrl+S"};
  }
  // A name that is taken is as unlikely as a broken disk; a few tries tell the two apart.
  for (int attempt = 0; attempt < 4; ++attempt) {
    const fs::path path = folder / (random_name() + kExtension);
    if (fs::exists(path, fault)) continue;
    if (auto lock = FileLock::try_lock(lock_path(path))) return Autosave(path, std::move(*lock));
  }
  return Error{ErrorCode::Io, "cannot write into the folder '" + folder.string() + "'",
               "Changes are not saved by themselves; save the document with Ctrl+S"};
}

Status Autosave::write(const Document& document) {
  return save_document(document, path_);
}

void Autosave::discard_copy() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void Autosave::finish() {
  discard_copy();
  lock_.remove();
}

std::vector<LeftDocument> Autosave::take_left(const fs::path& folder) {
  std::vector<fs::path> copies;
  std::error_code fault;
  for (fs::directory_iterator at(folder, fault), end; !fault && at != end; at.increment(fault)) {
    if (at->path().extension() == kExtension) copies.push_back(at->path());
  }
  const auto time_of = [](const fs::path& path) {
    std::error_code ignored;
    return fs::last_write_time(path, ignored);
  };
  std::sort(copies.begin(), copies.end(),
            [&](const auto& a, const auto& b) { return time_of(a) > time_of(b); });

  std::vector<LeftDocument> left;
  for (const fs::path& path : copies) {
    std::optional<FileLock> lock = FileLock::try_lock(lock_path(path));
    if (!lock) continue;  // its program is running
    Result<Document> document = load_document(path);
    if (document) {
      left.push_back({path, std::move(*document), std::move(*lock)});
    } else {
      fs::rename(path, fs::path(path).replace_extension(".unreadable"), fault);
      lock->remove();
    }
  }
  return left;
}

void Autosave::discard(LeftDocument& left) {
  std::error_code ignored;
  fs::remove(left.path, ignored);
  left.lock.remove();
}

}  // namespace headscope
