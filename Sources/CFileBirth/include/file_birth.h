#ifndef FILE_BIRTH_H
#define FILE_BIRTH_H

#include <stdint.h>

/// When the file or folder at a path was made, in nanoseconds since 1970; -1 where the system does not say. In C because
/// glibc shows statx(2) only to programs that ask for it while they are compiled.
int64_t file_birth(const char *path);

#endif
