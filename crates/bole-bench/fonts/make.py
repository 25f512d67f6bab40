#!/usr/bin/env python3
"""Makes the fonts of made resumes: the characters of src/resumes/, renamed as the SIL Open Font License asks.

    pip install fonttools; apt-get install fonts-noto-cjk fonts-lato; ./make.py
"""
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).resolve().parent
NOTO, LATO = Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/lato")
ASCII = {chr(code) for code in range(0x20, 0x7F)}
# What Latin text has beside ASCII: the part of WinAnsi that the generator writes.
MARKS = set("–—‘’“”•·")

NOTICES = {
    "Bole Hei": "Copyright 2014-2021 Adobe (http://www.adobe.com/).",
    "Bole Song": "Copyright 2017-2022 Adobe (http://www.adobe.com/).",
    "Bole Latin": 'Copyright (c) 2010-2014 by tyPoland Lukasz Dziedzic with Reserved Font Name "Lato".',
}


def characters():
    sources = sorted((HERE.parent / "src/resumes").rglob("*.rs"))
    return set("".join(path.read_text() for path in sources)) - {"\n", "\t"} | ASCII | MARKS


def subset(font, wanted):
    options = Options(hinting=False, layout_features=[], name_IDs=[], notdef_outline=True, desubroutinize=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(wanted)))
    subsetter.subset(font)


def with_quadratic_curves(font):
    """From `CFF ` to `glyf`, so that both kinds of font programs occur."""
    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, 2.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    font["loca"] = newTable("loca")
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for key in "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements".split():
        setattr(maxp, key, 0)
    maxp.maxSizeOfInstructions = maxp.maxComponentElements = 0
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"


def save(font, family, style, file):
    name = font["name"]
    copyright = NOTICES[family]
    name.names = []
    postscript = f"{family.replace(' ', '')}-{style}"
    for number, text in {0: copyright, 1: family, 2: style, 4: f"{family} {style}", 6: postscript,
                         13: "SIL Open Font License 1.1", 14: "https://openfontlicense.org"}.items():
        name.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [postscript]
        top = cff.topDictIndex[0]
        top.FullName, top.FamilyName = f"{family} {style}", family
        top.Notice = copyright
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(HERE / file)


def main():
    chinese = characters()
    latin = {c for c in chinese if ord(c) < 0x250} | ASCII | MARKS
    sans = TTFont(NOTO / "NotoSansCJK-Regular.ttc", fontNumber=2)
    subset(sans, chinese)
    save(sans, "Bole Hei", "Regular", "hei.otf")
    serif = TTFont(NOTO / "NotoSerifCJK-Regular.ttc", fontNumber=2)
    subset(serif, chinese)
    with_quadratic_curves(serif)
    save(serif, "Bole Song", "Regular", "song.ttf")
    for style in ("Regular", "Bold"):
        font = TTFont(LATO / f"Lato-{style}.ttf")
        subset(font, latin)
        save(font, "Bole Latin", style, f"latin-{style.lower()}.ttf")
    print(len(chinese), "characters")


main()
