#include "io/file_error.h"

#include <cerrno>
#include <system_error>

namespace headscope {

Error file_error(const std::string& verb, const std::filesystem::path& path, int number) {
  const std::string what = "cannot " + verb + " '" + path.string() + "': ";
  switch (number) {
    case ENOENT:
      return {ErrorCode::NotFound, what + "there is no such file or folder",
              "Check the spelling of the path"};
    case ENOTDIR:
      return {ErrorCode::NotFound, what + "a part of the path is a file, not a folder",
              "Check the spelling of the path"};
    case EISDIR:
      return {ErrorCode::InvalidArgument, what + "it is a folder", "Name a file inside it"};
    case EACCES:
    case EPERM:
      return {ErrorCode::Io, what + "permission denied",
              "Choose a place you may use, or change its permissions"};
    case EROFS:
      return {ErrorCode::Io, what + "the file system is read-only", "Choose another folder"};
    case ENOSPC:
      return {ErrorCode::Io, what + "the disk is full", "Free some space or choose another folder"};
    case EDQUOT:
      return {ErrorCode::Io, what + "the disk quota is used up", "Free some space or choose another folder"};
    case EFBIG:
      return {ErrorCode::Io, what + "the file would be larger than the system allows",
              "Write less, or raise the limit (ulimit -f)"};
    case ENAMETOOLONG:
      return {ErrorCode::InvalidArgument, what + "the name is too long", "Choose a shorter name"};
    case EMFILE:
    case ENFILE:
      return {ErrorCode::Io, what + "too many files are open", "Close other programs and try again"};
    case ENOMEM:
      return {ErrorCode::Io, what + "there is not enough memory", "Close other programs and try again"};
    default:
      return {ErrorCode::Io, what + std::generic_category().message(number),
              "Try another place or another disk"};
  }
}

}  // namespace headscope
