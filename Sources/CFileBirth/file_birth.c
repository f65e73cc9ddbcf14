#define _GNU_SOURCE
#include "file_birth.h"

#include <fcntl.h>
#include <sys/stat.h>

int64_t file_birth(const char *path) {
#if defined(__linux__) && defined(STATX_BTIME)
    struct statx facts;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &facts) != 0 || !(facts.stx_mask & STATX_BTIME)) return -1;
    return (int64_t)facts.stx_btime.tv_sec * 1000000000 + facts.stx_btime.tv_nsec;
#elif defined(__APPLE__)
    struct stat facts;
    if (stat(path, &facts) != 0) return -1;
    return (int64_t)facts.st_birthtimespec.tv_sec * 1000000000 + facts.st_birthtimespec.tv_nsec;
#else
    (void)path;
    return -1;
#endif
}
