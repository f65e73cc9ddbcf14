#ifndef HEADER_LOOP_H
#define HEADER_LOOP_H

#include <stddef.h>

// Opens every file, reads its first 4 KiB and closes it, on `threads` threads (1 to 64) that take the files in turn: what the
// system itself costs, below which no reader of headers can be. Gives the seconds; `bytes` becomes the number of bytes read.
double header_loop(const char *const *paths, size_t count, int threads, size_t *bytes);

#endif
