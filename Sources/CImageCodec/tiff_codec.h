// What the two files about TIFF share.
#ifndef IMAGE_CODEC_TIFF_H
#define IMAGE_CODEC_TIFF_H

#include <tiffio.h>

#include "internal.h"

// Whether the current page is of a kind that the next function decodes.
int tiff_knows_samples(TIFF *tiff);
// Decodes the current page by its samples.
int tiff_decode_samples(TIFF *tiff, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba);

// Colours multiplied by alpha become straight.
void tiff_straighten(uint8_t *rgba, uint32_t width);

#endif
