// The files of the gallery's page, as they lie in `page`, put into the program by the compiler (#embed): an array in Swift takes it a minute
// and a gigabyte.
#ifndef GALLERY_PAGE_H
#define GALLERY_PAGE_H

#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} gallery_page_file;

// All of them, sorted by name; `count` is how many.
const gallery_page_file *gallery_page_files(size_t *count);

#endif
