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
    for (;;) {
        const source *from = gif->UserData;
        // Stray zeros between blocks are passed over, as browsers do.
        size_t start = from->position;
        if (DGifGetRecordType(gif, &type) != GIF_OK) {
            if (from->position == start || from->bytes[start] != 0) return IMAGE_CODEC_DAMAGED;
            continue;
        }
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
}

// What the frame shows at an index. A file without a map leaves the colours to its viewer: grays from black to white, as Pillow has
// them of 8 bits.
static void put_colour(const ColorMapObject *map, int index, int bits, uint8_t *pixel) {
    pixel[3] = 255;
    if (map) {
        pixel[0] = map->Colors[index].Red;
        pixel[1] = map->Colors[index].Green;
        pixel[2] = map->Colors[index].Blue;
    } else {
        int most = (1 << bits) - 1;
        pixel[0] = pixel[1] = pixel[2] = (uint8_t)(index >= most ? 255 : index * 255 / most);
    }
}

// Reads the frame onto the screen, which is invisible where the frame does not reach. `bits` are those of its indices. Leniently what is
// missing of the frame is gray.
static int read_frame(GifFileType *gif, int transparent, int bits, int is_lenient, uint8_t *screen, GifPixelType *line) {
    const GifImageDesc *frame = &gif->Image;
    const ColorMapObject *map = frame->ColorMap ? frame->ColorMap : gif->SColorMap;
    for (int y = 0; is_lenient && y < frame->Height && frame->Top + y < gif->SHeight; y++)
        for (int x = 0; x < frame->Width && frame->Left + x < gif->SWidth; x++) {
            static const uint8_t gray[4] = {128, 128, 128, 255};
            memcpy(screen + ((size_t)(frame->Top + y) * (size_t)gif->SWidth + (size_t)(frame->Left + x)) * 4, gray, 4);
        }
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    int passes = frame->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        int step = frame->Interlace ? steps[pass] : 1;
        for (int y = frame->Interlace ? starts[pass] : 0; y < frame->Height; y += step) {
            if (DGifGetLine(gif, line, frame->Width) != GIF_OK) return is_lenient ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
            if (frame->Top + y >= gif->SHeight) continue;
            // How many rows this one stands for until later passes come.
            int span = is_lenient && frame->Interlace ? step / (pass ? 2 : 1) : 1;
            uint8_t *row = screen + (size_t)(frame->Top + y) * (size_t)gif->SWidth * 4;
            for (int x = 0; x < frame->Width && frame->Left + x < gif->SWidth; x++) {
                uint8_t *pixel = row + (size_t)(frame->Left + x) * 4;
                if (line[x] == transparent || (map && line[x] >= map->ColorCount))
                    memset(pixel, 0, 4);
                else
                    put_colour(map, line[x], bits, pixel);
                for (int below = 1; below < span && y + below < frame->Height && frame->Top + y + below < gif->SHeight; below++)
                    memcpy(pixel + (size_t)below * (size_t)gif->SWidth * 4, pixel, 4);
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
        // The library has just read the number that the pixels begin with: how many bits their indices have.
        int bits = bytes[from.position - 1];
        code = !screen || !line ? IMAGE_CODEC_NO_MEMORY
                                : read_frame(gif, transparent, bits >= 1 && bits <= 8 ? bits : 8, how->accepts_partial, screen, line);
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
