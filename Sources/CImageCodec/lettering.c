// A line of text as gray coverage, in any script, through Pango and the system's fonts. Loaded when the first line is drawn: linking them
// would cost every start of the program. Without them, or without a font, the caller draws letters of its own.
//
// The few calls are declared here; their forms have been the same since Pango 1.38.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "internal.h"

// FreeType's own bitmap, of which Pango fills the pixels.
typedef struct {
    unsigned int rows, width;
    int pitch;
    unsigned char *buffer;
    unsigned short num_grays;
    unsigned char pixel_mode, palette_mode;
    void *palette;
} bitmap;

// Fontconfig's list, of which only the number is read.
typedef struct {
    int count;
} fonts;

enum { GRAY = 2, ELLIPSIS_AT_END = 3, UNITS = 1024 };

typedef struct {
    fonts *(*list)(void *, int);
    void *(*new_map)(void);
    void (*set_resolution)(void *, double, double);
    void *(*new_context)(void *);
    void *(*new_layout)(void *);
    void *(*describe)(const char *);
    void (*free_description)(void *);
    void (*set_description)(void *, const void *);
    void (*set_text)(void *, const char *, int);
    void (*set_width)(void *, int);
    void (*set_ellipsis)(void *, int);
    void (*set_single)(void *, int);
    void (*measure)(void *, int *, int *);
    void (*render)(bitmap *, void *, int, int);
    void (*release)(void *);
} calls;

static void *open_one(const char *linux_name, const char *mac_name) {
    void *library = dlopen(linux_name, RTLD_NOW | RTLD_GLOBAL);
    return library ? library : dlopen(mac_name, RTLD_NOW | RTLD_GLOBAL);
}

// Loading again costs a look-up. Nothing is unloaded: the libraries keep caches of fonts.
static int load(calls *text) {
    void *config = open_one("libfontconfig.so.1", "/opt/homebrew/lib/libfontconfig.1.dylib");
    void *objects = open_one("libgobject-2.0.so.0", "/opt/homebrew/lib/libgobject-2.0.0.dylib");
    void *pango = open_one("libpango-1.0.so.0", "/opt/homebrew/lib/libpango-1.0.0.dylib");
    void *painter = open_one("libpangoft2-1.0.so.0", "/opt/homebrew/lib/libpangoft2-1.0.0.dylib");
    if (!config || !objects || !pango || !painter) return 0;
    struct {
        void *library;
        const char *name;
        void *place;
    } wanted[] = {
        {config, "FcConfigGetFonts", &text->list},
        {painter, "pango_ft2_font_map_new", &text->new_map},
        {painter, "pango_ft2_font_map_set_resolution", &text->set_resolution},
        {pango, "pango_font_map_create_context", &text->new_context},
        {pango, "pango_layout_new", &text->new_layout},
        {pango, "pango_font_description_from_string", &text->describe},
        {pango, "pango_font_description_free", &text->free_description},
        {pango, "pango_layout_set_font_description", &text->set_description},
        {pango, "pango_layout_set_text", &text->set_text},
        {pango, "pango_layout_set_width", &text->set_width},
        {pango, "pango_layout_set_ellipsize", &text->set_ellipsis},
        {pango, "pango_layout_set_single_paragraph_mode", &text->set_single},
        {pango, "pango_layout_get_pixel_size", &text->measure},
        {painter, "pango_ft2_render_layout", &text->render},
        {objects, "g_object_unref", &text->release},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *symbol = dlsym(wanted[i].library, wanted[i].name);
        if (!symbol) return 0;
        memcpy(wanted[i].place, &symbol, sizeof symbol);
    }
    int (*start)(void) = NULL;
    void *symbol = dlsym(config, "FcInit");
    if (!symbol) return 0;
    memcpy(&start, &symbol, sizeof symbol);
    if (!start()) return 0;
    // Without any font Pango ends the program.
    fonts *system = text->list(NULL, 0);
    return system && system->count > 0;
}

int image_codec_letters(const char *utf8, size_t count, const char *font, uint32_t width, uint32_t height, uint8_t *coverage,
                        uint32_t *used) {
    calls text;
    if (count > 100000 || !load(&text)) return IMAGE_CODEC_UNSUPPORTED;
    void *map = text.new_map();
    if (!map) return IMAGE_CODEC_UNSUPPORTED;
    text.set_resolution(map, 72, 72);
    void *context = text.new_context(map);
    void *layout = text.new_layout(context);
    void *description = text.describe(font);
    text.set_description(layout, description);
    text.set_single(layout, 1);
    text.set_text(layout, utf8, (int)count);
    text.set_width(layout, (int)width * UNITS);
    text.set_ellipsis(layout, ELLIPSIS_AT_END);
    int measured = 0, tall = 0;
    text.measure(layout, &measured, &tall);
    *used = measured < 0 ? 0 : (uint32_t)measured > width ? width : (uint32_t)measured;
    memset(coverage, 0, (size_t)width * height);
    bitmap target = {.rows = height, .width = width, .pitch = (int)width, .buffer = coverage, .num_grays = 256, .pixel_mode = GRAY};
    text.render(&target, layout, 0, tall < (int)height ? ((int)height - tall) / 2 : 0);
    text.free_description(description);
    text.release(layout);
    text.release(context);
    text.release(map);
    return IMAGE_CODEC_OK;
}
