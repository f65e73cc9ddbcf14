// GIF through giflib, its first frame only: a file may have thousands, and they are not needed here.
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
} source;

static int read_bytes(GifFileType *gif, GifByteType *target, int length) {
    source *from = gif->UserData;
    size_t rest = from->count - from->position;
    size_t taken = length < 0 ? 0 : (size_t)length < rest ? (size_t)length : rest;
    memcpy(target, from->bytes + from->position, taken);
    from->position += taken;
    return (int)taken;
}

int gif_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    // The screen's size: bytes 6 to 9, little-endian.
    if (count < 13) return IMAGE_CODEC_DAMAGED;
    *width = (uint32_t)(bytes[6] | bytes[7] << 8);
    *height = (uint32_t)(bytes[8] | bytes[9] << 8);
    return IMAGE_CODEC_OK;
}

// Goes to the first frame; on the way the index of its transparent colour, or -1.
static int find_frame(GifFileType *gif, int *transparent) {
    GifRecordType type;
    *transparent = -1;
    while (DGifGetRecordType(gif, &type) == GIF_OK) {
        if (type == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(gif) == GIF_OK ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
        if (type == TERMINATE_RECORD_TYPE) return IMAGE_CODEC_DAMAGED;
        if (type != EXTENSION_RECORD_TYPE) continue;
        int label;
        GifByteType *block;
        if (DGifGetExtension(gif, &label, &block) != GIF_OK) return IMAGE_CODEC_DAMAGED;
        while (block) {
            if (label == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4) *transparent = block[1] & 1 ? block[4] : -1;
            if (DGifGetExtensionNext(gif, &block) != GIF_OK) return IMAGE_CODEC_DAMAGED;
        }
    }
    return IMAGE_CODEC_DAMAGED;
}

// Reads the frame onto the screen, which is invisible where the frame does not reach.
static int read_frame(GifFileType *gif, int transparent, uint8_t *screen, GifPixelType *line) {
    const GifImageDesc *frame = &gif->Image;
    const ColorMapObject *map = frame->ColorMap ? frame->ColorMap : gif->SColorMap;
    if (!map) return IMAGE_CODEC_DAMAGED;
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    int passes = frame->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        int step = frame->Interlace ? steps[pass] : 1;
        for (int y = frame->Interlace ? starts[pass] : 0; y < frame->Height; y += step) {
            if (DGifGetLine(gif, line, frame->Width) != GIF_OK) return IMAGE_CODEC_DAMAGED;
            if (frame->Top + y >= gif->SHeight) continue;
            uint8_t *row = screen + (size_t)(frame->Top + y) * (size_t)gif->SWidth * 4;
            for (int x = 0; x < frame->Width && frame->Left + x < gif->SWidth; x++) {
                if (line[x] == transparent || line[x] >= map->ColorCount) continue;
                const GifColorType *colour = &map->Colors[line[x]];
                uint8_t *pixel = row + (size_t)(frame->Left + x) * 4;
                pixel[0] = colour->Red;
                pixel[1] = colour->Green;
                pixel[2] = colour->Blue;
                pixel[3] = 255;
            }
        }
    }
    return IMAGE_CODEC_OK;
}

int gif_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba) {
    source from = {bytes, count, 0};
    int error = 0, transparent;
    GifFileType *gif = DGifOpen(&from, read_bytes, &error);
    if (!gif) return error == D_GIF_ERR_NOT_ENOUGH_MEM ? IMAGE_CODEC_NO_MEMORY : IMAGE_CODEC_DAMAGED;
    uint8_t *screen = NULL;
    GifPixelType *line = NULL;
    int code = find_frame(gif, &transparent);
    if (code == IMAGE_CODEC_OK && (gif->Image.Width < 1 || gif->Image.Height < 1)) code = IMAGE_CODEC_DAMAGED;
    if (code == IMAGE_CODEC_OK) {
        screen = calloc((size_t)gif->SHeight, (size_t)gif->SWidth * 4);
        line = malloc((size_t)gif->Image.Width);
        code = screen && line ? read_frame(gif, transparent, screen, line) : IMAGE_CODEC_NO_MEMORY;
    }
    for (size_t i = 0; code == IMAGE_CODEC_OK && how->drops_alpha && i < (size_t)gif->SWidth * (size_t)gif->SHeight; i++)
        screen[i * 4 + 3] = 255;
    if (code == IMAGE_CODEC_OK)
        code = image_codec_scale(screen, (uint32_t)gif->SWidth, (uint32_t)gif->SHeight, rgba, width, height);
    free(screen);
    free(line);
    DGifCloseFile(gif, &error);
    return code;
}
