#!/usr/bin/env python3
"""Writes FoldingTable.swift: what each character is to a search, and what it folds to.

The table is written down, and not asked of the system when the program starts, because an index and the program that reads it must
cut text in the same way for ever: another version of Unicode in a compiler would leave words in an index that can neither be
found nor taken out. Whoever changes what this writes counts the number behind `tokenize` in Schema/schema.sql up.

    python3 -m pip install unicodedata2 && python3 Sources/AssetModel/Query/folding.py
"""
import pathlib

import unicodedata2 as unicode

SEPARATOR, LETTER, MARK, IGNORED, SINGLE, SYMBOL, VOWEL, TAIL = range(8)

LIMIT = 0x20000
# Compatibility ideographs outside of the first two planes.
SUPPLEMENT = range(0x2F800, 0x2FA20)

# Letters that people without the keyboard for them write otherwise, and that Unicode does not take apart.
EXTRA = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
    # Arabic letters that are written for each other: Farsi yeh and kaf, final yeh, teh marbuta.
    "\u06CC": "\u064A", "\u0649": "\u064A", "\u06A9": "\u0643", "\u0629": "\u0647",
}

# Written without spaces between words: each character, with its marks, is a word of its own. The scripts of which Unicode's
# line breaking asks for a dictionary, and those of East Asia.
SINGLES = [
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul jamo
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue, Khmer symbols
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C),
    (0x3041, 0x31FF),  # kana, bopomofo, jamo, strokes
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF),  # ideographs
    (0xA000, 0xA4CF),  # Yi
    (0xA960, 0xA97F), (0xA9E0, 0xA9FF), (0xAA60, 0xAADF), (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF), (0x11700, 0x1174F), (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B16F),
]

# Where pictures stand: all that is no letter there is a word of its own, also what Unicode has not filled yet.
SYMBOLS = [(0x231A, 0x23FF), (0x25A0, 0x27BF), (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B55), (0x1F000, 0x1F1FF),
           (0x1F200, 0x1FAFF)]
# Brackets and lines among them, and what stands behind names.
NO_SYMBOLS = set(range(0x2768, 0x2776)) | set(range(0x23B0, 0x23CF)) | set("™℠©®")
SKIN = range(0x1F3FB, 0x1F400)

# Scripts whose marks change a letter instead of decorating it; the others lose them.
BARE = [(0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
        (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x08CA, 0x08FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
        (0x20D0, 0x20FF), (0x2CEF, 0x2CF1), (0x2DE0, 0x2DFF), (0xA66F, 0xA672), (0xA674, 0xA67D), (0xFE20, 0xFE2F),
        (0x180B, 0x180F)]

# The short i of Cyrillic is a letter of its own: мой is not мои.
SHORT_I = "\u0438\u0306"
# Stands for it meanwhile; for private use, and so in no word.
HELD = "\uE000"


def within(ranges, code):
    return any(low <= code <= high for low, high in ranges)


def kind(code):
    """What a character is to which nothing more happens."""
    char = chr(code)
    category = unicode.category(char)
    if char in NO_SYMBOLS or code in NO_SYMBOLS:
        return SEPARATOR
    # Tatweel draws a word out. What joins or is not seen does not part a word; a space of no width does.
    if code == 0x0640 or code in SKIN or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF:
        return IGNORED
    if code in (0x200B, 0x2028, 0x2029, 0x3164, 0x115F, 0x1160, 0xFFA0, 0xFFFC):
        return SEPARATOR
    if category == "Cf":
        return IGNORED
    if category in ("Mn", "Mc", "Me"):
        return IGNORED if within(BARE, code) else MARK
    if 0x1161 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return VOWEL
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return TAIL
    if category[0] in "LN":
        return SINGLE if within(SINGLES, code) else LETTER
    if within(SYMBOLS, code) and category in ("So", "Sm", "Cn", "Sk"):
        return SYMBOL
    return SEPARATOR


def fold(text):
    """Case, width, ligatures, accents and digits, until nothing changes any more."""
    for _ in range(8):
        new = unicode.normalize("NFKD", unicode.normalize("NFKD", text).casefold())
        new = "".join(EXTRA.get(char, char) for char in new)
        new = "".join(str(unicode.decimal(char)) if unicode.decimal(char, None) is not None else char for char in new)
        if new == text:
            break
        text = new
    text = text.replace(SHORT_I, HELD)
    text = "".join(char for char in text if kind(ord(char)) != IGNORED)
    return text.replace(HELD, SHORT_I)


def entries():
    """The kind of each character, and what those become that become something else."""
    kinds, folds = [], []
    for code in [*range(LIMIT), *SUPPLEMENT]:
        char = chr(code)
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code <= 0xD7A3 or chr(code) in NO_SYMBOLS:
            # Syllables of Hangul are taken apart by arithmetic.
            kinds.append(SINGLE if 0xAC00 <= code <= 0xD7A3 else SEPARATOR)
            continue
        # Thai and Lao am stays one letter, as it is typed.
        new = char if code in (0x0E33, 0x0EB3) else fold(char)
        if new == char or kind(code) in (IGNORED, MARK) and len(new) == 0:
            kinds.append(kind(code))
            continue
        if new and all(kind(ord(c)) == MARK for c in new):
            # The voice mark of narrow kana.
            kinds.append(MARK)
            folds.append((code, new))
            continue
        if not any(kind(ord(c)) not in (SEPARATOR, MARK, IGNORED) for c in new):
            # Such as an accent that stands alone.
            kinds.append(kind(code) if kind(code) in (MARK, IGNORED) else SEPARATOR)
            continue
        kinds.append(kind(ord(new[0])) if kind(ord(new[0])) not in (SEPARATOR, MARK, IGNORED) else LETTER)
        folds.append((code, new))
    return kinds, folds


def base36(number):
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def lines(items, joiner, width=120):
    line = ""
    for item in items:
        if line and len(line) + len(item) + len(joiner) > width:
            yield line
            line = ""
        line += item + joiner
    yield line


def main():
    kinds, folds = entries()
    runs, start = [], 0
    for index in range(1, len(kinds) + 1):
        if index == len(kinds) or kinds[index] != kinds[start]:
            runs.append(f"{kinds[start]}{base36(index - start)}")
            start = index
    # A run of characters that fold to one each, all as far away: `length*distance`; else the characters by their numbers.
    pieces, last, index = [], 0, 0
    while index < len(folds):
        code, new = folds[index]
        for step in (1, 2):
            length = 1
            while (len(new) == 1 and index + length < len(folds)
                   and folds[index + length][0] == code + step * length
                   and len(folds[index + length][1]) == 1
                   and ord(folds[index + length][1]) - folds[index + length][0] == ord(new) - code):
                length += 1
            if length > 2:
                break
        if length > 2:
            pieces.append(f"{base36(code - last)}{'*' if step == 1 else '/'}{base36(length)}.{base36(ord(new))}")
        else:
            length, step = 1, 1
            pieces.append(base36(code - last) + "".join("." + base36(ord(c)) for c in new))
        last = code
        index += length
    body = "\n".join(f"        {line}" for line in lines(runs, ","))
    folded = "\n".join(f"        {line}" for line in lines(pieces, ","))
    text = f'''// Written by folding.py, from Unicode {unicode.unidata_version}. Numbers are to the base of 36.

/// What each character is to a search, and what it folds to.
enum FoldingTable {{
    /// Runs of characters of one kind, from U+0000 on: the kind's digit, then how many. Behind U+1FFFF follow U+2F800 to U+2FA1F.
    static let kinds: StaticString = """
{body}
        """

    /// Characters that fold to others: how far it lies behind the one before, then what it becomes, each behind a dot. With `*`
    /// and a number, that many in a row fold to as many in a row; with `/`, every second one folds to every second one.
    static let folds: StaticString = """
{folded}
        """
}}
'''
    path = pathlib.Path(__file__).with_name("FoldingTable.swift")
    path.write_text(text)


main()
