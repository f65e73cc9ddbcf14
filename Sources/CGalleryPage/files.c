// Every file of `page`, sorted by name; a test holds this and the folder together.
#include "gallery_page.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file0[] = {
#embed "page/actions.mjs"
};
static const unsigned char file1[] = {
#embed "page/api.mjs"
};
static const unsigned char file2[] = {
#embed "page/arrange.mjs"
};
static const unsigned char file3[] = {
#embed "page/bar.mjs"
};
static const unsigned char file4[] = {
#embed "page/book.mjs"
};
static const unsigned char file5[] = {
#embed "page/captions.mjs"
};
static const unsigned char file6[] = {
#embed "page/choosing.mjs"
};
static const unsigned char file7[] = {
#embed "page/compare.mjs"
};
static const unsigned char file8[] = {
#embed "page/comparebar.mjs"
};
static const unsigned char file9[] = {
#embed "page/comparekeys.mjs"
};
static const unsigned char file10[] = {
#embed "page/compose-forecast.mjs"
};
static const unsigned char file11[] = {
#embed "page/compose-picker.mjs"
};
static const unsigned char file12[] = {
#embed "page/compose-questions.mjs"
};
static const unsigned char file13[] = {
#embed "page/compose-references.mjs"
};
static const unsigned char file14[] = {
#embed "page/compose-runs.mjs"
};
static const unsigned char file15[] = {
#embed "page/compose.css"
};
static const unsigned char file16[] = {
#embed "page/compose.mjs"
};
static const unsigned char file17[] = {
#embed "page/connection.mjs"
};
static const unsigned char file18[] = {
#embed "page/costs.mjs"
};
static const unsigned char file19[] = {
#embed "page/curating.mjs"
};
static const unsigned char file20[] = {
#embed "page/details.mjs"
};
static const unsigned char file21[] = {
#embed "page/dialogs.mjs"
};
static const unsigned char file22[] = {
#embed "page/differences.mjs"
};
static const unsigned char file23[] = {
#embed "page/dom.mjs"
};
static const unsigned char file24[] = {
#embed "page/draft.mjs"
};
static const unsigned char file25[] = {
#embed "page/dragging.mjs"
};
static const unsigned char file26[] = {
#embed "page/events.mjs"
};
static const unsigned char file27[] = {
#embed "page/facts.mjs"
};
static const unsigned char file28[] = {
#embed "page/fal.mjs"
};
static const unsigned char file29[] = {
#embed "page/focus.mjs"
};
static const unsigned char file30[] = {
#embed "page/format.mjs"
};
static const unsigned char file31[] = {
#embed "page/grid.css"
};
static const unsigned char file32[] = {
#embed "page/grid.mjs"
};
static const unsigned char file33[] = {
#embed "page/gridempty.mjs"
};
static const unsigned char file34[] = {
#embed "page/gridinput.mjs"
};
static const unsigned char file35[] = {
#embed "page/help.mjs"
};
static const unsigned char file36[] = {
#embed "page/icon.svg"
};
static const unsigned char file37[] = {
#embed "page/importing.mjs"
};
static const unsigned char file38[] = {
#embed "page/index.html"
};
static const unsigned char file39[] = {
#embed "page/information.mjs"
};
static const unsigned char file40[] = {
#embed "page/informing.mjs"
};
static const unsigned char file41[] = {
#embed "page/items.mjs"
};
static const unsigned char file42[] = {
#embed "page/keys.mjs"
};
static const unsigned char file43[] = {
#embed "page/layout.mjs"
};
static const unsigned char file44[] = {
#embed "page/library.mjs"
};
static const unsigned char file45[] = {
#embed "page/lineage.mjs"
};
static const unsigned char file46[] = {
#embed "page/lineagelayout.mjs"
};
static const unsigned char file47[] = {
#embed "page/loading.mjs"
};
static const unsigned char file48[] = {
#embed "page/main.mjs"
};
static const unsigned char file49[] = {
#embed "page/menus.mjs"
};
static const unsigned char file50[] = {
#embed "page/mirror.mjs"
};
static const unsigned char file51[] = {
#embed "page/overkeys.mjs"
};
static const unsigned char file52[] = {
#embed "page/overlaying.mjs"
};
static const unsigned char file53[] = {
#embed "page/pending.mjs"
};
static const unsigned char file54[] = {
#embed "page/picture-menu.mjs"
};
static const unsigned char file55[] = {
#embed "page/picture.mjs"
};
static const unsigned char file56[] = {
#embed "page/picturebar.mjs"
};
static const unsigned char file57[] = {
#embed "page/picturekeys.mjs"
};
static const unsigned char file58[] = {
#embed "page/pictures.mjs"
};
static const unsigned char file59[] = {
#embed "page/placeholder.mjs"
};
static const unsigned char file60[] = {
#embed "page/provenance.mjs"
};
static const unsigned char file61[] = {
#embed "page/rail-entry.mjs"
};
static const unsigned char file62[] = {
#embed "page/rail-menus.mjs"
};
static const unsigned char file63[] = {
#embed "page/rail.mjs"
};
static const unsigned char file64[] = {
#embed "page/rivals.mjs"
};
static const unsigned char file65[] = {
#embed "page/router.mjs"
};
static const unsigned char file66[] = {
#embed "page/rows.mjs"
};
static const unsigned char file67[] = {
#embed "page/run-words.mjs"
};
static const unsigned char file68[] = {
#embed "page/runs.mjs"
};
static const unsigned char file69[] = {
#embed "page/scroller.mjs"
};
static const unsigned char file70[] = {
#embed "page/scrubber.mjs"
};
static const unsigned char file71[] = {
#embed "page/search-box.mjs"
};
static const unsigned char file72[] = {
#embed "page/sections.mjs"
};
static const unsigned char file73[] = {
#embed "page/selection-bar.mjs"
};
static const unsigned char file74[] = {
#embed "page/selection.mjs"
};
static const unsigned char file75[] = {
#embed "page/shell.css"
};
static const unsigned char file76[] = {
#embed "page/spans.mjs"
};
static const unsigned char file77[] = {
#embed "page/standing.mjs"
};
static const unsigned char file78[] = {
#embed "page/strip.mjs"
};
static const unsigned char file79[] = {
#embed "page/suggesting.mjs"
};
static const unsigned char file80[] = {
#embed "page/theme.mjs"
};
static const unsigned char file81[] = {
#embed "page/tiles.mjs"
};
static const unsigned char file82[] = {
#embed "page/toasts.mjs"
};
static const unsigned char file83[] = {
#embed "page/tokens.css"
};
static const unsigned char file84[] = {
#embed "page/view.css"
};
static const unsigned char file85[] = {
#embed "page/wall.mjs"
};
static const unsigned char file86[] = {
#embed "page/yours.mjs"
};
static const unsigned char file87[] = {
#embed "page/zoom.mjs"
};

static const gallery_page_file files[] = {
    {"actions.mjs", file0, sizeof file0},
    {"api.mjs", file1, sizeof file1},
    {"arrange.mjs", file2, sizeof file2},
    {"bar.mjs", file3, sizeof file3},
    {"book.mjs", file4, sizeof file4},
    {"captions.mjs", file5, sizeof file5},
    {"choosing.mjs", file6, sizeof file6},
    {"compare.mjs", file7, sizeof file7},
    {"comparebar.mjs", file8, sizeof file8},
    {"comparekeys.mjs", file9, sizeof file9},
    {"compose-forecast.mjs", file10, sizeof file10},
    {"compose-picker.mjs", file11, sizeof file11},
    {"compose-questions.mjs", file12, sizeof file12},
    {"compose-references.mjs", file13, sizeof file13},
    {"compose-runs.mjs", file14, sizeof file14},
    {"compose.css", file15, sizeof file15},
    {"compose.mjs", file16, sizeof file16},
    {"connection.mjs", file17, sizeof file17},
    {"costs.mjs", file18, sizeof file18},
    {"curating.mjs", file19, sizeof file19},
    {"details.mjs", file20, sizeof file20},
    {"dialogs.mjs", file21, sizeof file21},
    {"differences.mjs", file22, sizeof file22},
    {"dom.mjs", file23, sizeof file23},
    {"draft.mjs", file24, sizeof file24},
    {"dragging.mjs", file25, sizeof file25},
    {"events.mjs", file26, sizeof file26},
    {"facts.mjs", file27, sizeof file27},
    {"fal.mjs", file28, sizeof file28},
    {"focus.mjs", file29, sizeof file29},
    {"format.mjs", file30, sizeof file30},
    {"grid.css", file31, sizeof file31},
    {"grid.mjs", file32, sizeof file32},
    {"gridempty.mjs", file33, sizeof file33},
    {"gridinput.mjs", file34, sizeof file34},
    {"help.mjs", file35, sizeof file35},
    {"icon.svg", file36, sizeof file36},
    {"importing.mjs", file37, sizeof file37},
    {"index.html", file38, sizeof file38},
    {"information.mjs", file39, sizeof file39},
    {"informing.mjs", file40, sizeof file40},
    {"items.mjs", file41, sizeof file41},
    {"keys.mjs", file42, sizeof file42},
    {"layout.mjs", file43, sizeof file43},
    {"library.mjs", file44, sizeof file44},
    {"lineage.mjs", file45, sizeof file45},
    {"lineagelayout.mjs", file46, sizeof file46},
    {"loading.mjs", file47, sizeof file47},
    {"main.mjs", file48, sizeof file48},
    {"menus.mjs", file49, sizeof file49},
    {"mirror.mjs", file50, sizeof file50},
    {"overkeys.mjs", file51, sizeof file51},
    {"overlaying.mjs", file52, sizeof file52},
    {"pending.mjs", file53, sizeof file53},
    {"picture-menu.mjs", file54, sizeof file54},
    {"picture.mjs", file55, sizeof file55},
    {"picturebar.mjs", file56, sizeof file56},
    {"picturekeys.mjs", file57, sizeof file57},
    {"pictures.mjs", file58, sizeof file58},
    {"placeholder.mjs", file59, sizeof file59},
    {"provenance.mjs", file60, sizeof file60},
    {"rail-entry.mjs", file61, sizeof file61},
    {"rail-menus.mjs", file62, sizeof file62},
    {"rail.mjs", file63, sizeof file63},
    {"rivals.mjs", file64, sizeof file64},
    {"router.mjs", file65, sizeof file65},
    {"rows.mjs", file66, sizeof file66},
    {"run-words.mjs", file67, sizeof file67},
    {"runs.mjs", file68, sizeof file68},
    {"scroller.mjs", file69, sizeof file69},
    {"scrubber.mjs", file70, sizeof file70},
    {"search-box.mjs", file71, sizeof file71},
    {"sections.mjs", file72, sizeof file72},
    {"selection-bar.mjs", file73, sizeof file73},
    {"selection.mjs", file74, sizeof file74},
    {"shell.css", file75, sizeof file75},
    {"spans.mjs", file76, sizeof file76},
    {"standing.mjs", file77, sizeof file77},
    {"strip.mjs", file78, sizeof file78},
    {"suggesting.mjs", file79, sizeof file79},
    {"theme.mjs", file80, sizeof file80},
    {"tiles.mjs", file81, sizeof file81},
    {"toasts.mjs", file82, sizeof file82},
    {"tokens.css", file83, sizeof file83},
    {"view.css", file84, sizeof file84},
    {"wall.mjs", file85, sizeof file85},
    {"yours.mjs", file86, sizeof file86},
    {"zoom.mjs", file87, sizeof file87},
};

const gallery_page_file *gallery_page_files(size_t *count) {
    *count = sizeof files / sizeof *files;
    return files;
}
