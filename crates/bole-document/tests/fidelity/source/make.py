"""Fixtures that take more than one command of a producer. Usage: make.py RECIPE ARGUMENTS…; see make.sh.

A page that is written by hand here sets the lines of its NAME.txt: that file is then its source."""

import datetime
import re
import sys
import zlib
from pathlib import Path

SOURCE = Path(__file__).parent
FIXTURES = SOURCE.parent


def lines_of(name):
    return (FIXTURES / f"{name}.txt").read_text().splitlines()


# --- fonts ------------------------------------------------------------------------------------------------------


def fonts(node_folder, out):
    """Fonts of the characters in use without hints, so that what producers embed stays small."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection, TTFont

    used = {chr(code) for code in range(0x20, 0x7F)} | set("‐‑…•▸‘’“”—–·　©")
    for path in [*FIXTURES.glob("*.txt"), *SOURCE.iterdir()]:
        used |= set(path.read_text(errors="ignore"))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)

    def save(font, file, family=None):
        options = subset.Options(hinting=False, desubroutinize=True, notdef_outline=True, name_IDs=["*"])
        options.layout_features = ["kern", "liga", "vert", "vrt2", "palt", "ccmp"]
        options.drop_tables += ["BASE", "DSIG", "GDEF", "STAT", "vhea", "vmtx"] if family else ["DSIG"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(used))
        subsetter.subset(font)
        if family:
            for record in font["name"].names:
                if record.nameID in (1, 4, 16):
                    record.string = family
                if record.nameID == 6:
                    record.string = family.replace(" ", "")
        font.save(out / file)

    for face in ["Sans-Regular", "Sans-Bold", "Serif-Regular", "Serif-Bold"]:
        save(TTFont(f"/usr/share/fonts/truetype/liberation/Liberation{face}.ttf"), f"{face}.ttf")
    collection = TTCollection("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
    save(next(f for f in collection if f["name"].getDebugName(1) == "Noto Serif CJK SC"), "han-serif.otf")
    files = Path(node_folder) / "node_modules/@fontsource/noto-sans-sc/files"
    font = TTFont(files / "noto-sans-sc-chinese-simplified-400-normal.woff2")
    font.flavor = None
    save(font, "han.ttf", "Noto Sans CJK SC")
    (out / "fonts.conf").write_text(
        f'<?xml version="1.0"?><fontconfig><dir>{out}</dir><cachedir>{out}/cache</cachedir></fontconfig>'
    )


# --- pages written by hand ----------------------------------------------------------------------------------------


class Pdf:
    """A file of plain objects; the catalog is object 1, the page tree object 2."""

    def __init__(self, version="1.4"):
        self.version = version
        self.objects = {}
        self.pages = []

    def add(self, body, number=None):
        number = number or max(self.objects, default=2) + 1
        self.objects[number] = body if isinstance(body, bytes) else body.encode("latin-1")
        return number

    def stream(self, data, entries=""):
        packed = zlib.compress(data, 9)
        head = f"<</Length {len(packed)}/Filter/FlateDecode{entries}>>stream\n".encode()
        return self.add(head + packed + b"\nendstream")

    def page(self, content, resources, entries="/MediaBox[0 0 420 400]"):
        stream = self.stream(content)
        body = f"<</Type/Page/Parent 2 0 R/Contents {stream} 0 R/Resources<<{resources}>>{entries}>>"
        self.pages.append(self.add(body))

    def save(self, path, catalog=""):
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        self.add(f"<</Type/Catalog/Pages 2 0 R{catalog}>>", 1)
        self.add(f"<</Type/Pages/Kids[{kids}]/Count {len(self.pages)}>>", 2)
        out = bytearray(f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
        offsets = {}
        for number in sorted(self.objects):
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number + self.objects[number] + b"\nendobj\n"
        start, size = len(out), max(offsets) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            out += b"%010d 00000 n \n" % offsets[number]
        out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
        Path(path).write_bytes(out)


def set_lines(encoded, font="F", size=12, leading=20, x=40, y=350):
    """Content that shows each encoded line below the other."""
    shows = "\n".join(f"<{line.hex()}>Tj 0 -{leading} Td" for line in encoded)
    return f"BT /{font} {size} Tf {x} {y} Td\n{shows}\nET".encode()


def composite(pdf, base, encoding, ordering, supplement, descendant="CIDFontType0", more=""):
    """A composite font that is not embedded."""
    kind = pdf.add(
        f"<</Type/Font/Subtype/{descendant}/BaseFont/{base}/DW 1000{more}"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement {supplement}>>"
        f"/FontDescriptor<</Type/FontDescriptor/FontName/{base}/Flags 6/ItalicAngle 0/Ascent 880/Descent -120"
        f"/CapHeight 700/StemV 80/FontBBox[0 -200 1000 900]>>>>"
    )
    return pdf.add(
        f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding {encoding}/DescendantFonts[{kind} 0 R]>>"
    )


# What half of the widths of a font are: those of its Latin letters.
HALF = {"GB1": "/W[814 939 500 7712[500] 7716[500]]", "Japan1": "/W[231 632 500]", "CNS1": "/W[13648 13742 500]", "Korea1": "/W[8094 8190 500]"}
PREDEFINED = {
    "cid-gbk-euc": ("STSong-Light", "/GBK-EUC-H", "GB1", 2, "gbk"),
    "cid-gb-euc": ("STHeiti-Regular", "/GB-EUC-H", "GB1", 0, "gb2312"),
    "cid-gb18030": ("SimSun", "/GBK2K-H", "GB1", 4, "gb18030"),
    "cid-utf16": ("AdobeSongStd-Light", "/UniGB-UTF16-H", "GB1", 5, "utf-16-be"),
    "cid-big5": ("MSung-Light", "/ETen-B5-H", "CNS1", 0, "big5"),
    "cid-sjis": ("HeiseiMin-W3", "/90ms-RKSJ-H", "Japan1", 2, "cp932"),
    "cid-uhc": ("HYSMyeongJo-Medium", "/KSCms-UHC-H", "Korea1", 1, "cp949"),
    "cid-vertical": ("STSong-Light", "/UniGB-UCS2-V", "GB1", 4, "utf-16-be"),
}


def predefined(name, out):
    """Fonts that are not embedded, under a predefined CMap."""
    base, encoding, ordering, supplement, codec = PREDEFINED[name]
    pdf = Pdf()
    font = composite(pdf, base, encoding, ordering, supplement, more=HALF[ordering] if name != "cid-utf16" else "/W[1 95 500]")
    encoded = [line.encode(codec) for line in lines_of(name)]
    if name == "cid-vertical":
        content = b"\n".join(
            b"BT /F 14 Tf %d 370 Td <%s> Tj ET" % (370 - 30 * index, line.hex().encode()) for index, line in enumerate(encoded)
        )
    else:
        content = set_lines(encoded)
    pdf.page(content, f"/Font<</F {font} 0 R>>")
    pdf.save(out)


def gb1_codes(text):
    """Adobe-GB1 character identifiers of text, by poppler's tables."""
    table = Path("/usr/share/poppler/cidToUnicode/Adobe-GB1").read_text().split()
    first = {}
    for cid, scalar in enumerate(table):
        first.setdefault(int(scalar.split(",")[0], 16), cid)
    return b"".join(first[ord(scalar)].to_bytes(2, "big") for scalar in text)


def identity_gb1(out):
    pdf = Pdf()
    font = composite(pdf, "AdobeHeitiStd-Regular", "/Identity-H", "GB1", 5, more="/W[1 95 500 814 939 500]")
    pdf.page(set_lines([gb1_codes(line) for line in lines_of("cid-identity-gb1")]), f"/Font<</F {font} 0 R>>")
    pdf.save(out)


def embedded_cmap(out):
    """A CMap of the file's own that builds on a predefined one and changes some codes."""
    pdf = Pdf()
    cmap = (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap /GBK-EUC-H usecmap\n"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>def /CMapName/Own def /CMapType 1 def\n"
        b"1 begincidrange <8001> <8002> %d endcidrange\nendcmap end end"
    )
    first = int.from_bytes(gb1_codes("职"), "big")
    stream = pdf.stream(cmap % first, "/Type/CMap/CMapName/Own/UseCMap/GBK-EUC-H/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>")
    font = composite(pdf, "STSong-Light", f"{stream} 0 R", "GB1", 2, more=HALF["GB1"])
    encoded = [b"\x80\x01".join(part.encode("gbk") for part in line.split("职")) for line in lines_of("cid-embedded-cmap")]
    pdf.page(set_lines(encoded), f"/Font<</F {font} 0 R>>")
    pdf.save(out)


def subset_font(path, text, **more):
    import io

    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(path)
    options = subset.Options(hinting=False, layout_features=[], glyph_names=True, name_IDs=[], **more)
    options.drop_tables += ["BASE", "GDEF", "STAT", "vhea", "vmtx", "OS/2", "gasp", "VORG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    data = io.BytesIO()
    font.save(data)
    return font, data.getvalue()


def descriptor(pdf, data, key, entries="", flags=4):
    file = pdf.stream(data, f"/Length1 {len(data)}{entries}")
    return pdf.add(
        f"<</Type/FontDescriptor/FontName/ABCDEF+Own/Flags {flags}/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700"
        f"/StemV 80/FontBBox[0 -200 1000 900]/{key} {file} 0 R>>"
    )


def identity_embedded(name, path, out):
    """An embedded font under Identity-H without ToUnicode: only the font's own cmap tells the characters."""
    lines = lines_of(name)
    font, data = subset_font(path, "".join(lines))
    cmap, per_em = font.getBestCmap(), font["head"].unitsPerEm
    glyph = {scalar: font.getGlyphID(cmap[ord(scalar)]) for scalar in "".join(lines)}
    widths = " ".join(
        f"{glyph[s]}[{font['hmtx'][cmap[ord(s)]][0] * 1000 // per_em}]" for s in sorted(glyph, key=glyph.get)
    )
    pdf = Pdf("1.6")
    described = descriptor(pdf, data, "FontFile2")
    kind = pdf.add(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Own/W[{widths}]/DW 1000"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {described} 0 R"
        "/CIDToGIDMap/Identity>>"
    )
    f = pdf.add(f"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Own/Encoding/Identity-H/DescendantFonts[{kind} 0 R]>>")
    pdf.page(set_lines([b"".join(glyph[s].to_bytes(2, "big") for s in line) for line in lines]), f"/Font<</F {f} 0 R>>")
    pdf.save(out)


def symbolic_truetype(name, path, out):
    """A simple symbolic TrueType font without encoding: codes go through a (3, 0) cmap at U+F000, names through `post`."""
    import io

    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    lines = lines_of(name)
    font, _ = subset_font(path, "".join(lines))
    cmap, per_em = font.getBestCmap(), font["head"].unitsPerEm
    table = CmapSubtable.newSubtable(4)
    table.platformID, table.platEncID, table.language = 3, 0, 0
    table.cmap = {0xF000 + code: cmap[code] for code in cmap}
    font["cmap"].tables = [table]
    data = io.BytesIO()
    font.save(data)
    pdf = Pdf()
    described = descriptor(pdf, data.getvalue(), "FontFile2")
    widths = " ".join(str(font["hmtx"][cmap[c]][0] * 1000 // per_em if c in cmap else 0) for c in range(32, 127))
    f = pdf.add(f"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Own/FirstChar 32/LastChar 126/Widths[{widths}]/FontDescriptor {described} 0 R>>")
    pdf.page(set_lines([line.encode("ascii") for line in lines]), f"/Font<</F {f} 0 R>>")
    pdf.save(out)


def differences(name, out):
    """A standard font with an encoding of glyph names: ligatures, `uniXXXX`, `uXXXXX` and names with a suffix."""
    pdf = Pdf()
    f = pdf.add(
        "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding"
        "/Differences[1/fi/fl/uni00E9/u0107/a.sc/f_f_i/Lslash/bullet/uni00660066]>>>>"
    )
    swaps = [("ffi", 6), ("fi", 1), ("fl", 2), ("é", 3), ("ć", 4), ("Ł", 7), ("•", 8), ("ff", 9)]
    encoded = []
    for line in lines_of(name):
        for text, code in swaps:
            line = line.replace(text, chr(code))
        encoded.append(line.encode("latin-1"))
    pdf.page(set_lines(encoded), f"/Font<</F {f} 0 R>>")
    pdf.save(out)


def helvetica(pdf):
    return pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")


def rotated(name, out):
    """Content that lies on its side and a page that is turned so that it reads upright."""
    turn = int(name.rsplit("-", 1)[1])
    pdf = Pdf()
    f = helvetica(pdf)
    matrix = {90: "0 1 -1 0 400 0", 180: "-1 0 0 -1 420 400", 270: "0 -1 1 0 0 420"}[turn]
    box = "0 0 420 400" if turn == 180 else "0 0 400 420"
    content = f"q {matrix} cm\n".encode() + set_lines([l.encode("cp1252") for l in lines_of(name)]) + b"\nQ"
    pdf.page(content, f"/Font<</F {f} 0 R>>", f"/MediaBox[{box}]/Rotate {turn}")
    pdf.save(out)


def crop_box(name, out):
    """Printer's marks and a slug line lie outside the crop box; the boxes do not begin at zero."""
    pdf = Pdf("1.3")
    f = helvetica(pdf)
    content = set_lines([l.encode("cp1252") for l in lines_of(name)], x=140, y=450)
    content += b"\nBT /F 8 Tf 20 20 Td (job 4711 cyan magenta) Tj 0 570 Td (slug line) Tj ET"
    pdf.page(content, f"/Font<</F {f} 0 R>>", "/MediaBox[-50 -50 600 700]/CropBox[100 100 520 500]/UserUnit 1")
    pdf.save(out)


def nested_forms(name, out):
    """Each line is a form within a form within a form, with matrices and resources of its own or inherited."""
    pdf = Pdf()
    f = helvetica(pdf)
    content = []
    forms = ""
    for index, line in enumerate(lines_of(name)):
        text = line.encode("cp1252").hex()
        inner = pdf.stream(f"BT /F 6 Tf 0 0 Td <{text}> Tj ET".encode(), f"/Type/XObject/Subtype/Form/BBox[-10 -10 400 40]/Matrix[2 0 0 2 0 0]/Resources<</Font<</F {f} 0 R>>>>")
        middle = pdf.stream(b"q 1 0 0 1 10 0 cm /X Do Q", f"/Type/XObject/Subtype/Form/BBox[-10 -10 800 60]/Resources<</XObject<</X {inner} 0 R>>>>")
        outer = pdf.stream(b"/Y Do", f"/Type/XObject/Subtype/Form/BBox[-10 -10 800 60]/Matrix[1 0 0 1 5 5]/Group<</S/Transparency>>/Resources<</XObject<</Y {middle} 0 R>>>>")
        forms += f"/Z{index} {outer} 0 R"
        content.append(f"q 1 0 0 1 30 {350 - 24 * index} cm /Z{index} Do Q")
    pdf.page("\n".join(content).encode(), f"/XObject<<{forms}>>")
    pdf.save(out)


def form_shows_itself(out):
    pdf = Pdf()
    f = helvetica(pdf)
    form = max(pdf.objects) + 1
    pdf.add(
        f"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Length 6/Resources<</XObject<</X {form} 0 R>>>>>>stream\n/X Do \nendstream",
        form,
    )
    text = set_lines([line.encode("cp1252") for line in lines_of("form-shows-itself")])
    pdf.page(b"/X Do\n" + text + b"\n/X Do", f"/Font<</F {f} 0 R>>/XObject<</X {form} 0 R>>")
    pdf.save(out)


def long_integer_in_page(out):
    pdf = Pdf()
    f = helvetica(pdf)
    text = set_lines([line.encode("cp1252") for line in lines_of("long-integer-in-page")])
    pdf.page(text, f"/Font<</F {f} 0 R>>", "/MediaBox[0 0 420 99999999999999999999]")
    pdf.save(out)


def split_content(name, out):
    """Content in many streams, cut between tokens, with comments, octal and continued strings, inline images and odd numbers."""
    pdf = Pdf()
    f = helvetica(pdf)
    lines = lines_of(name)
    parts = [b"BT /F 12 Tf % a comment ( [ <\n40 350 Td ["]
    escaped = lines[0].replace("(", "\\(").replace(")", "\\)").replace("t", "\\164")
    parts.append(f"({escaped[:4]}\\\n{escaped[4:]})".encode("cp1252"))
    parts.append(b"]TJ 0 -20. Td")
    parts.append(b"<" + lines[1].encode("cp1252").hex(" ").encode().upper() + b"> Tj ET BI /W 2/H 2/BPC 8/CS/G ID \x00EI\xff EI")
    parts.append(f"BT/F 12.0 Tf 1 0 0 1 +40 310 Tm 0 Tw({lines[2]})Tj .0 -20 TD({lines[3]})'".encode("cp1252").replace(b"TD(", b"TD 0 TL("))
    parts.append(b"ET")
    numbers = [pdf.stream(part) for part in parts]
    contents = " ".join(f"{number} 0 R" for number in numbers)
    body = f"<</Type/Page/Parent 2 0 R/Contents[{contents}]/Resources<</Font<</F {f} 0 R>>>>/MediaBox[0 0 420 400]>>"
    pdf.pages.append(pdf.add(body))
    pdf.save(out)


def layers(name, out):
    """Optional content: what is on is read, what is off (a draft mark) is not."""
    pdf = Pdf("1.5")
    f = helvetica(pdf)
    on, off = (pdf.add(f"<</Type/OCG/Name({n})>>") for n in ("text", "draft"))
    content = b"/OC/On BDC\n" + set_lines([l.encode("cp1252") for l in lines_of(name)]) + b"\nEMC\n"
    content += b"/OC/Off BDC BT /F 40 Tf 60 200 Td (DRAFT) Tj ET EMC"
    pdf.page(content, f"/Font<</F {f} 0 R>>/Properties<</On {on} 0 R/Off {off} 0 R>>")
    pdf.save(out, f"/OCProperties<</OCGs[{on} 0 R {off} 0 R]/D<</ON[{on} 0 R]/OFF[{off} 0 R]>>>>")


def actual_text(name, out):
    """ActualText over drawn letters: a spaced heading, a broken word, a UTF-16 replacement."""
    pdf = Pdf("1.7")
    f = helvetica(pdf)
    lines = lines_of(name)
    utf16 = "FEFF" + lines[2].encode("utf-16-be").hex()
    content = (
        f"BT /F 12 Tf 40 350 Td /Span<</ActualText({lines[0]})>>BDC [(C)-300(A)-300(R)-300(E)-300(E)-300(R)]TJ EMC\n"
        f"0 -20 Td (Built bridges for the) Tj 0 -20 Td\n"
        f"/Span<</ActualText<{utf16}>>>BDC (Tiberbahn \\(1\\)) Tj EMC ET"
    )
    pdf.page(content.encode("cp1252"), f"/Font<</F {f} 0 R>>")
    pdf.save(out)


def revised(name, out):
    """An incremental update replaces the content of the page; the first revision must not be read."""
    pdf = Pdf()
    f = helvetica(pdf)
    pdf.page(set_lines([b"Draft of a resume", b"Nobody Yet"]), f"/Font<</F {f} 0 R>>")
    pdf.save(out)
    first = Path(out).read_bytes()
    content = set_lines([l.encode("cp1252") for l in lines_of(name)])
    start = len(first)
    update = b"4 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (len(content), content)
    previous = int(re.findall(rb"startxref\n(\d+)", first)[-1])
    update += b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (start, previous, start + len(update))
    Path(out).write_bytes(first + update)


# --- producers as Python packages ---------------------------------------------------------------------------------


def reportlab(name, out):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    page = canvas.Canvas(out, pagesize=(420, 400), invariant=1)
    face = {
        "reportlab-stsong": "STSong-Light",
        "reportlab-heisei": "HeiseiMin-W3",
        "reportlab-msung": "MSung-Light",
        "reportlab-myeongjo": "HYSMyeongJo-Medium",
    }.get(name)
    if face:
        pdfmetrics.registerFont(UnicodeCIDFont(face))
    for index, line in enumerate(lines_of(name)):
        page.setFont(face or ["Helvetica", "Times-Roman", "Courier", "Helvetica-BoldOblique"][index % 4], 12)
        left, _, right = line.partition("  ")
        page.drawString(40, 350 - 22 * index, left)
        page.drawRightString(380, 350 - 22 * index, right)
    page.save()


def reportlab_form(name, out):
    from reportlab.pdfgen import canvas

    page = canvas.Canvas(out, pagesize=(420, 400), invariant=1)
    for index, line in enumerate(lines_of(name)):
        y = 350 - 30 * index
        page.setFont("Helvetica", 11)
        label, _, value = line.partition("  ")
        page.drawString(40, y, label)
        if value:
            page.acroForm.textfield(name=label, value=value, x=140, y=y - 6, width=220, height=20, fontSize=11, fontName="Helvetica")
    page.acroForm.checkbox(name="agree", checked=True, x=140, y=100, size=14)
    page.save()


def fpdf2(name, font, out):
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=(420, 400))
    pdf.set_creation_date(datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc))
    pdf.add_page()
    if font == "-":
        pdf.set_font("Times", size=12)
    else:
        pdf.add_font("han", fname=font)
        pdf.set_font("han", size=12)
    for line in lines_of(name):
        left, _, right = line.partition("  ")
        pdf.cell(w=200, h=20, text=left, border=1 if right else 0)
        pdf.cell(w=140, h=20, text=right, border=1 if right else 0, new_x="LMARGIN", new_y="NEXT")
    pdf.output(out)


def cairo(name, out):
    import cairo as cairographics

    surface = cairographics.PDFSurface(out, 420, 400)
    context = cairographics.Context(surface)
    context.select_font_face("Noto Sans CJK SC" if name.endswith("zh") else "Liberation Serif")
    context.set_font_size(12)
    for index, line in enumerate(lines_of(name)):
        left, _, right = line.partition("  ")
        context.move_to(40, 50 + 22 * index)
        context.show_text(left)
        context.move_to(280, 50 + 22 * index)
        context.show_text(right)
    surface.finish()


def free_text(name, out):
    """FreeText annotations with appearances over a page, one of them hidden."""
    import pymupdf

    lines = lines_of(name)
    doc = pymupdf.open()
    page = doc.new_page(width=420, height=400)
    page.insert_text((40, 50), lines[0], fontsize=12)
    for index, line in enumerate(lines[1:]):
        page.add_freetext_annot((40, 70 + 30 * index, 380, 90 + 30 * index), line, fontsize=12)
    hidden = page.add_freetext_annot((40, 300, 380, 320), "a note to the printer", fontsize=12)
    hidden.set_flags(pymupdf.PDF_ANNOT_IS_HIDDEN)
    doc.save(out, garbage=3, deflate=True, no_new_id=True)


def mupdf(name, out):
    """MuPDF's own Chinese font, by name only."""
    import pymupdf

    doc = pymupdf.open()
    page = doc.new_page(width=420, height=400)
    for index, line in enumerate(lines_of(name)):
        page.insert_text((40, 50 + 22 * index), line, fontname="china-s", fontsize=12)
    doc.save(out, garbage=3, deflate=True, no_new_id=True)


# --- transformations of another fixture -----------------------------------------------------------------------------


def transform(name, base, out):
    """What qpdf does to a file, by pikepdf."""
    import pikepdf

    pdf = pikepdf.open(FIXTURES / f"{base}.pdf")
    owner = {"owner": "owner", "user": "open" if name == "qpdf-user-password" else ""}
    Encryption, streams = pikepdf.Encryption, pikepdf.ObjectStreamMode
    options = {
        "qpdf-object-streams": {"object_stream_mode": streams.generate},
        "qpdf-linearized": {"linearize": True},
        "qpdf-rc4-40": {"encryption": Encryption(**owner, R=2, aes=False, metadata=False)},
        "qpdf-rc4-128": {"encryption": Encryption(**owner, R=3, aes=False, metadata=False)},
        "qpdf-aes-128": {"encryption": Encryption(**owner, R=4, aes=True)},
        "qpdf-aes-256": {"encryption": Encryption(**owner, R=6, aes=True), "object_stream_mode": streams.generate},
        "qpdf-user-password": {"encryption": Encryption(**owner, R=6, aes=True)},
        "qpdf-pdf-2": {"force_version": "2.0", "object_stream_mode": streams.generate},
    }[name]
    pdf.save(out, **options)


def strip_to_unicode(base, out):
    import pikepdf

    pdf = pikepdf.open(FIXTURES / f"{base}.pdf")
    for value in pdf.objects:
        if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Font" and "/ToUnicode" in value:
            del value["/ToUnicode"]
    pdf.save(out)


def damage(name, base, out):
    data = (FIXTURES / f"{base}.pdf").read_bytes()
    if name == "damaged-xref":
        at = data.rindex(b"\nxref") + 1
        end = data.index(b"trailer", at)
        data = data[:at] + re.sub(rb"\d{10} (\d{5}) n", rb"0000000000 \1 n", data[at:end]) + data[end:]
    elif name == "damaged-startxref":
        data = re.sub(rb"startxref\s+\d+", b"startxref\n999999", data)
    elif name == "damaged-truncated":
        # In mid cross-reference table: all objects are there, the trailer is not.
        data = data[: data.rindex(b"\nxref") + 60]
    elif name == "damaged-length":
        lengths = iter(range(1, 1000))
        data = re.sub(rb"/Length \d+", lambda m: b"/Length " + str(next(lengths) % 3 * 5000).encode().rjust(len(m[0]) - 8, b"0")[-len(m[0]) + 8 :], data)
    elif name == "damaged-prefix":
        data = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + b"\x00" * 500 + data
    elif name == "damaged-suffix":
        data = data + b"\r\n<html><body>sent by the mail gateway</body></html>\r\n" * 60
    elif name == "damaged-newlines":
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    elif name == "damaged-flate":
        # The check sum and the end of block of every stream are gone.
        data = re.sub(rb"(stream\r?\n.*?).{6}(\r?\nendstream)", rb"\1\2", data, flags=re.S)
    elif name == "damaged-endobj":
        data = data.replace(b"\nendobj", b"\n      ")
    Path(out).write_bytes(data)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
