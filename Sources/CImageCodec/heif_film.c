// A film of HEIC or AVIF pictures that has no still picture beside it, which libheif (1.15) does not read: its first frame, which stands for
// itself, is put into a file of its own.
#include <stdlib.h>

#include "heif_boxes.h"

// What is known of the first frame.
typedef struct {
    uint8_t coding[4];
    uint32_t width, height;
    // Boxes that say how it is coded and is to be seen, with their heads.
    span properties[4];
    int property_count;
    // The property that cuts the picture out, from 1; 0 for none.
    int aperture;
    span sample;
} frame;

// ISO/IEC 14496-12, section 12.1.3: the first 78 bytes of a description of pictures, then boxes.
static int read_description(span list, frame *found) {
    enum { DESCRIPTION = 78, BEFORE_SIZE = 24 };
    span entry;
    take(&list, 8);
    if (!next_box(&list, found->coding, &entry) || entry.count < DESCRIPTION) return 0;
    if (memcmp(found->coding, "hvc1", 4) != 0 && memcmp(found->coding, "av01", 4) != 0) return 0;
    span head = {entry.at + BEFORE_SIZE, 4};
    found->width = (uint32_t)take(&head, 2);
    found->height = (uint32_t)take(&head, 2);
    entry.at += DESCRIPTION;
    entry.count -= DESCRIPTION;
    static const char *const wanted[] = {"hvcC", "av1C", "colr", "clap"};
    uint8_t type[4];
    span content;
    for (const uint8_t *start = entry.at; next_box(&entry, type, &content); start = entry.at)
        for (int i = 0; i < 4; i++)
            if (memcmp(type, wanted[i], 4) == 0 && found->property_count < 4) {
                found->properties[found->property_count++] = (span){start, (size_t)(entry.at - start)};
                if (i == 3) found->aperture = found->property_count;
            }
    return found->property_count && found->width && found->height;
}

// Sections 8.7.3.2 and 8.7.5: how long the first sample is, and where the first of the chunks of them begins.
static int find_sample(span table, const uint8_t *bytes, size_t count, frame *found) {
    span list;
    if (!find_box(table, "stsz", &list)) return 0;
    take(&list, 4);
    uint64_t length = take(&list, 4), samples = take(&list, 4), start;
    if (!length) length = take(&list, 4);
    if (!samples || !length) return 0;
    if (find_box(table, "stco", &list)) {
        take(&list, 8);
        start = take(&list, 4);
    } else if (find_box(table, "co64", &list)) {
        take(&list, 8);
        start = take(&list, 8);
    } else {
        return 0;
    }
    if (!start || start > count || length > count - start) return 0;
    found->sample = (span){bytes + start, (size_t)length};
    return 1;
}

// The first track of pictures; transparency has a track of its own, of another kind.
static int find_frame(const uint8_t *bytes, size_t count, frame *found) {
    span film, track, media, inner, table, list;
    uint8_t type[4];
    if (!find_box((span){bytes, count}, "moov", &film)) return 0;
    while (next_box(&film, type, &track)) {
        *found = (frame){0};
        if (memcmp(type, "trak", 4) != 0 || !find_box(track, "mdia", &media)) continue;
        if (!find_box(media, "hdlr", &list) || list.count < 12) continue;
        if (memcmp(list.at + 8, "pict", 4) != 0 && memcmp(list.at + 8, "vide", 4) != 0) continue;
        if (find_box(media, "minf", &inner) && find_box(inner, "stbl", &table) && find_box(table, "stsd", &list) &&
            read_description(list, found) && find_sample(table, bytes, count, found))
            return 1;
    }
    return 0;
}

typedef struct {
    uint8_t *at;
} writer;

static void put(writer *out, uint64_t value, int length) {
    while (length--) *out->at++ = (uint8_t)(value >> 8 * length);
}

static void put_bytes(writer *out, const void *bytes, size_t count) {
    memcpy(out->at, bytes, count);
    out->at += count;
}

static uint8_t *open_box(writer *out, const char *type) {
    uint8_t *start = out->at;
    put(out, 0, 4);
    put_bytes(out, type, 4);
    return start;
}

static void close_box(writer *out, uint8_t *start) {
    writer head = {start};
    put(&head, (uint64_t)(out->at - start), 4);
}

// ISO/IEC 23008-12, sections 6 and 9.3: one item with its properties. Gives where its bytes will be told.
static uint8_t *write_meta(writer *out, const frame *from) {
    uint8_t *meta = open_box(out, "meta");
    put(out, 0, 4);
    uint8_t *box = open_box(out, "hdlr");
    put(out, 0, 8);
    put_bytes(out, "pict", 4);
    put(out, 0, 8);
    put(out, 0, 5);
    close_box(out, box);
    box = open_box(out, "pitm");
    put(out, 0, 4);
    put(out, 1, 2);
    close_box(out, box);
    box = open_box(out, "iloc");
    put(out, 0, 4);
    put(out, 0x4400, 2);
    // One item, number 1, in this file, in one piece.
    put(out, 1, 2);
    put(out, 1, 2);
    put(out, 0, 2);
    put(out, 1, 2);
    uint8_t *place = out->at;
    put(out, 0, 8);
    close_box(out, box);
    box = open_box(out, "iinf");
    put(out, 0, 4);
    put(out, 1, 2);
    uint8_t *entry = open_box(out, "infe");
    put(out, 0x02000000, 4);
    put(out, 1, 2);
    put(out, 0, 2);
    put_bytes(out, from->coding, 4);
    put(out, 0, 1);
    close_box(out, entry);
    close_box(out, box);
    box = open_box(out, "iprp");
    uint8_t *inner = open_box(out, "ipco");
    for (int i = 0; i < from->property_count; i++) put_bytes(out, from->properties[i].at, from->properties[i].count);
    uint8_t *size = open_box(out, "ispe");
    put(out, 0, 4);
    put(out, from->width, 4);
    put(out, from->height, 4);
    close_box(out, size);
    close_box(out, inner);
    inner = open_box(out, "ipma");
    put(out, 0, 4);
    put(out, 1, 4);
    put(out, 1, 2);
    // The size first and the cutting last, since that changes what is seen of the others; all but the size must be understood.
    put(out, (uint64_t)from->property_count + 1, 1);
    put(out, (uint64_t)from->property_count + 1, 1);
    for (int i = 1; i <= from->property_count; i++)
        if (i != from->aperture) put(out, 0x80 | (uint64_t)i, 1);
    if (from->aperture) put(out, 0x80 | (uint64_t)from->aperture, 1);
    close_box(out, inner);
    close_box(out, box);
    close_box(out, meta);
    return place;
}

int heif_still_of_film(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    // All that is written beside the properties and the sample is less.
    enum { ROOM = 512, LONGEST = 1 << 28 };
    *output = (image_codec_buffer){0};
    frame found;
    if (!find_frame(bytes, count, &found)) return IMAGE_CODEC_UNSUPPORTED;
    size_t length = ROOM + found.sample.count;
    for (int i = 0; i < found.property_count; i++) length += found.properties[i].count;
    if (length > LONGEST) return IMAGE_CODEC_UNSUPPORTED;
    uint8_t *made = malloc(length);
    if (!made) return IMAGE_CODEC_NO_MEMORY;
    writer out = {made};
    uint8_t *box = open_box(&out, "ftyp");
    int is_avif = memcmp(found.coding, "av01", 4) == 0;
    put_bytes(&out, is_avif ? "avif" : "heic", 4);
    put(&out, 0, 4);
    put_bytes(&out, is_avif ? "mif1avif" : "mif1heic", 8);
    close_box(&out, box);
    writer place = {write_meta(&out, &found)};
    box = open_box(&out, "mdat");
    put(&place, (uint64_t)(out.at - made), 4);
    put(&place, found.sample.count, 4);
    put_bytes(&out, found.sample.at, found.sample.count);
    close_box(&out, box);
    *output = (image_codec_buffer){.bytes = made, .count = (size_t)(out.at - made)};
    return IMAGE_CODEC_OK;
}
