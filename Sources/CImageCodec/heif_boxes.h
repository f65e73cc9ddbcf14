// The boxes that HEIF and films are made of.
#ifndef IMAGE_CODEC_HEIF_BOXES_H
#define IMAGE_CODEC_HEIF_BOXES_H

#include <string.h>

#include "internal.h"

// A part of the file that is not yet read.
typedef struct {
    const uint8_t *at;
    size_t count;
} span;

static inline uint64_t take(span *rest, size_t length) {
    uint64_t value = 0;
    if (length > rest->count) {
        rest->count = 0;
        return 0;
    }
    for (size_t i = 0; i < length; i++) value = value << 8 | rest->at[i];
    rest->at += length;
    rest->count -= length;
    return value;
}

// ISO/IEC 14496-12, section 4.2: the next box and its content; 0 at the end or when it is damaged.
static inline int next_box(span *rest, uint8_t *type, span *content) {
    if (rest->count < 8) return 0;
    span head = *rest;
    uint64_t length = take(&head, 4);
    memcpy(type, head.at, 4);
    take(&head, 4);
    if (length == 1) {
        if (head.count < 8) return 0;
        length = take(&head, 8);
    } else if (length == 0) {
        length = rest->count;
    }
    size_t used = rest->count - head.count;
    if (length < used || length > rest->count) return 0;
    *content = (span){head.at, (size_t)length - used};
    rest->at += length;
    rest->count -= (size_t)length;
    return 1;
}

static inline int find_box(span rest, const char *wanted, span *content) {
    uint8_t type[4];
    while (next_box(&rest, type, content))
        if (memcmp(type, wanted, 4) == 0) return 1;
    return 0;
}

#endif
