// Whether the pictures of a HEIF file that are made of others, by turning them or laying one over another, are made of pictures: libheif
// (1.15) believes so, and ends the program when they are not. Phones write grids, which it checks by itself.
#include <stdlib.h>
#include <string.h>

#include "heif_boxes.h"

enum { MOST_ITEMS = 4096, MOST_REFERENCES = 16384, DEEPEST = 8 };

typedef struct {
    uint32_t id;
    uint8_t type[4];
} item;

typedef struct {
    uint32_t from, to;
} reference;

typedef struct {
    item *items;
    reference *references;
    size_t item_count, reference_count;
} table;

// Section 8.11.6: entries of version 2 and 3 have an id, two bytes of protection and a type.
static int read_items(span content, table *found) {
    uint64_t version = take(&content, 4) >> 24;
    take(&content, version == 0 ? 2 : 4);
    uint8_t type[4];
    span entry;
    while (next_box(&content, type, &entry)) {
        if (memcmp(type, "infe", 4) != 0) continue;
        uint64_t entry_version = take(&entry, 4) >> 24;
        if (entry_version < 2 || found->item_count == MOST_ITEMS) return 0;
        item *next = &found->items[found->item_count++];
        next->id = (uint32_t)take(&entry, entry_version == 2 ? 2 : 4);
        take(&entry, 2);
        if (entry.count < 4) return 0;
        memcpy(next->type, entry.at, 4);
    }
    return 1;
}

// Section 8.11.12: which items an item is made of.
static int read_references(span content, table *found) {
    size_t length = take(&content, 4) >> 24 == 0 ? 2 : 4;
    uint8_t type[4];
    span box;
    while (next_box(&content, type, &box)) {
        if (memcmp(type, "dimg", 4) != 0) continue;
        uint32_t from = (uint32_t)take(&box, length);
        for (uint64_t left = take(&box, 2); left; left--) {
            if (found->reference_count == MOST_REFERENCES || box.count < length) return 0;
            found->references[found->reference_count++] = (reference){from, (uint32_t)take(&box, length)};
        }
    }
    return 1;
}

static int is_one_of(const item *of, const char *const *types, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (memcmp(of->type, types[i], 4) == 0) return 1;
    return 0;
}

// Whether an item is a picture, and all that it is made of are. `budget` keeps items that share others from being gone over for ever.
static int is_picture(const table *all, uint32_t id, int depth, int *budget) {
    static const char *const coded[] = {"hvc1", "av01"}, *const made[] = {"grid", "iden", "iovl"};
    const item *found = NULL;
    for (size_t i = 0; i < all->item_count; i++)
        if (all->items[i].id == id) {
            // Two of one number may be two different things.
            if (found) return 0;
            found = &all->items[i];
        }
    if (!found || depth > DEEPEST || --*budget < 0) return 0;
    if (is_one_of(found, coded, 2)) return 1;
    if (!is_one_of(found, made, 3)) return 0;
    size_t parts = 0;
    for (size_t i = 0; i < all->reference_count; i++)
        if (all->references[i].from == id) {
            if (!is_picture(all, all->references[i].to, depth + 1, budget)) return 0;
            parts++;
        }
    return memcmp(found->type, "iden", 4) == 0 ? parts == 1 : parts >= 1;
}

int heif_items_are_pictures(const uint8_t *bytes, size_t count) {
    span meta, list;
    if (!find_box((span){bytes, count}, "meta", &meta)) return 0;
    take(&meta, 4);
    table all = {malloc(MOST_ITEMS * sizeof(item)), malloc(MOST_REFERENCES * sizeof(reference)), 0, 0};
    int is_sound = all.items && all.references && find_box(meta, "iinf", &list) && read_items(list, &all);
    if (is_sound && find_box(meta, "iref", &list)) is_sound = read_references(list, &all);
    int budget = 100000;
    for (size_t i = 0; is_sound && i < all.item_count; i++) {
        const uint8_t *type = all.items[i].type;
        if (memcmp(type, "iden", 4) == 0 || memcmp(type, "iovl", 4) == 0)
            is_sound = is_picture(&all, all.items[i].id, 0, &budget);
    }
    free(all.items);
    free(all.references);
    return is_sound;
}
