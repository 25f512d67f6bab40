#!/usr/bin/env python3
"""Build the demo resumes: people/*.txt -> ../resumes/*.pdf.

Every people file starts with '@key value' lines, then sections:
  # Title        section in the main column      #< Title   section in the side bar
  + dates | organisation | role | place          (an entry)
  - text         bullet          * key: value    labelled line       anything else: paragraph

Usage: build.py [name ...]      (see ../README.md for what has to be installed)
"""
import html, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "resumes"
NOTO = "/usr/share/fonts/opentype/noto/"
WQY = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
LIB = "/usr/share/fonts/truetype/liberation2/"


# ---------------------------------------------------------------- reading
def read(path):
    p = {"form": [], "sections": [], "file": path.stem}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        if line[0] == "@":
            k, _, v = line[1:].partition(" ")
            if k == "f":
                p["form"].append(tuple(v.split("=", 1)))
            elif k == "make":
                words = v.split()
                p["producer"], p["layout"] = words[:2]
                p["opt"] = dict(w.split("=") for w in words[2:])
            elif k == "contact":
                p[k] = [c.strip() for c in v.split("|")]
            else:
                p[k] = v
        elif line.startswith("#<"):
            p["sections"].append({"title": line[2:].strip(), "side": True, "blocks": []})
        elif line[0] == "#":
            p["sections"].append({"title": line[1:].strip(), "side": False, "blocks": []})
        else:
            b = p["sections"][-1]["blocks"]
            if line.startswith("+ "):
                f = [x.strip() for x in line[2:].split("|")] + ["", "", ""]
                b.append(("e", f[0], f[1], f[2], f[3]))
            elif line.startswith("- "):
                b.append(("li", line[2:]))
            elif line.startswith("* "):
                k, v = re.split(r"[:：]\s*", line[2:], maxsplit=1)
                b.append(("kv", k, v))
            else:
                b.append(("p", line))
    p["main"] = [s for s in p["sections"] if not s["side"]]
    p["side"] = [s for s in p["sections"] if s["side"]]
    p["zh"] = p["lang"].startswith("zh")
    p["accent"] = p["opt"].get("accent", "333333")
    return p


def colon(p):
    return "：" if p["zh"] else ": "


# ---------------------------------------------------------------- HTML (Chromium, WeasyPrint)
FONTS = {
    "hei": "'WenQuanYi Micro Hei'", "sans": "Small", "song": "Small",
    "serif": "'Liberation Serif'", "lato": "Lato", "carlito": "Carlito",
    "lm": "'Latin Modern Roman'", "dejavu": "'DejaVu Sans'",
}


def cut(ttc, p, out):
    from fontTools import subset
    text = "".join(map(chr, range(32, 127))) + "".join(set((HERE / "people" / (p["file"] + ".txt")).read_text("utf-8"))) + "联系方式聯絡•"
    o = subset.Options(font_number=2, layout_features=[], name_IDs=["*"], hinting=False, notdef_outline=True)
    f = subset.load_font(ttc, o)
    s = subset.Subsetter(o); s.populate(text=text); s.subset(f)
    subset.save_font(f, str(out), o)


def to_html(p, tmp):
    e = html.escape
    lay, acc = p["layout"], "#" + p["accent"]

    def blocks(bs, timeline):
        out, ul = [], False
        for b in bs:
            if b[0] != "li" and ul:
                out.append("</ul>"); ul = False
            if b[0] == "li":
                if not ul:
                    out.append("<ul>"); ul = True
                out.append(f"<li>{e(b[1])}</li>")
            elif b[0] == "e":
                _, d, org, role, loc = b
                tail = f" <span class=loc>{e(loc)}</span>" if loc else ""
                if timeline:
                    out.append(f"<div class=te><div class=d>{e(d)}</div><div><b>{e(role or org)}</b>"
                               + (f"<br><i>{e(org)}</i>" if role else "") + tail + "</div></div>")
                elif lay == "plain":
                    out.append(f"<p class=en><b>{e(org)}</b>" + (f", {e(role)}" if role else "") + f"{tail}<br>{e(d)}</p>")
                else:
                    out.append(f"<div class=en><span class=d>{e(d)}</span><b>{e(org)}</b>{tail}"
                               + (f"<div class=role>{e(role)}</div>" if role else "") + "</div>")
            elif b[0] == "kv":
                out.append(f"<p><b>{e(b[1])}</b>{colon(p)}{e(b[2])}</p>")
            else:
                out.append(f"<p>{e(b[1])}</p>")
        if ul:
            out.append("</ul>")
        return "".join(out)

    def sects(ss):
        return "".join(f"<section><h2>{e(s['title'])}</h2>{blocks(s['blocks'], lay == 'timeline')}</section>" for s in ss)

    font = FONTS[p["opt"].get("font", "sans")]
    # CJK regular is heavy to embed twice: Chinese text is emphasised by colour, only headings are bold.
    # CFF fonts from .ttc collections are cut down first (WeasyPrint keeps all glyph slots of the collection otherwise).
    fallback, face = "'WenQuanYi Micro Hei'", ""
    if font == "Small":
        ttc = NOTO + ("NotoSerifCJK-Regular.ttc" if p["opt"]["font"] == "song" else "NotoSansCJK-Regular.ttc")
        cut(ttc, p, tmp / "small.otf")
        face = f"@font-face{{font-family:Small;src:url({(tmp / 'small.otf').as_uri()})}}"
    strong = "b{font-weight:600}" if not p["zh"] else f"b{{font-weight:400;color:{acc}}}"
    hidden = f"<div style='color:#fff;font-size:1pt;line-height:1pt'>{e(p['hidden'])}</div>" if "hidden" in p else ""
    side = lay.startswith("side")
    dark = lay == "side-dark"
    css = f"""{face}
@page{{size:A4;margin:{'0' if side else '16mm 17mm'}}}
*{{box-sizing:border-box}}
body{{margin:0;font:{'10pt/1.6' if p['zh'] else '10.4pt/1.5'} {font},{fallback};color:#222}}
{strong} i{{font-style:normal;color:#555}}
h1{{font-size:21pt;margin:0;color:{acc};line-height:1.25;font-weight:{400 if p['zh'] else 700}}}
.t{{font-size:11.5pt;margin:1mm 0 1mm}} .c{{color:#444;font-size:9pt}}
h2{{font-size:11.5pt;font-weight:{400 if p['zh'] else 700};color:{acc};border-bottom:.8pt solid {acc};margin:5mm 0 2mm;padding-bottom:.8mm}}
p{{margin:.6mm 0}} ul{{margin:.6mm 0 1mm;padding-left:4.4mm}} li{{margin:.35mm 0}}
.en{{margin-top:1.6mm}} .en .d{{float:right;color:#555;font-size:9pt}} .role{{color:#444}} .loc{{color:#777;font-size:8.6pt}}
.te{{display:flex;margin-top:1.8mm}} .te .d{{flex:0 0 36mm;color:{acc};font-size:9pt}}
"""
    head = (f"<h1>{e(p['name'])}</h1><div class=t>{e(p['title'])}</div>")
    contact = " &nbsp;|&nbsp; ".join(map(e, p["contact"]))
    if side:
        bg, fg = (acc, "#fff") if dark else ("#eef1f0", "#222")
        hc = "#fff" if dark else acc
        css += f"""
.page{{display:flex;min-height:297mm}}
aside{{flex:0 0 60mm;background:{bg};color:{fg};padding:14mm 7mm;font-size:9.2pt}}
aside h1,aside h2{{color:{hc};border-color:{hc}}} aside b{{color:{hc}}} aside ul{{padding-left:0;list-style:none}}
main{{flex:1;padding:12mm 12mm 10mm 10mm}} 
.page>*{{min-width:0}} aside div.ci{{overflow-wrap:anywhere;margin:1mm 0}}"""
        if not dark:
            css += ".page{flex-direction:row-reverse}"
        ct = "".join(f"<div class=ci>{e(c)}</div>" for c in p["contact"])
        lab = {"zh": "联系方式", "zh-en": "联系方式", "zh-Hant": "聯絡方式"}.get(p["lang"], "Contact")
        asd = (head if dark else "") + f"<section><h2>{lab}</h2>{ct}</section>" + sects(p["side"])
        body = f"<div class=page><aside>{asd}</aside><main>{'' if dark else head}{sects(p['main'])}</main></div>"
    elif lay == "plain":
        css += "h1,h2,.t,.c{text-align:center} h2{border:0;letter-spacing:.06em}"
        body = f"{head}<div class=c>{contact}</div>{sects(p['main'])}"
    else:
        body = f"{head}<div class=c>{contact}</div>{hidden}{sects(p['main'])}"
    return (f"<!doctype html><html lang='{p['lang'].replace('zh-en', 'zh')}'><meta charset=utf-8>"
            f"<title>{e(p['name'])}</title><style>{css}</style><body>{body}</body></html>")


def chromium(p, tmp, pdf):
    src = tmp / "r.html"
    src.write_text(to_html(p, tmp), encoding="utf-8")
    exe = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    subprocess.run([exe, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                    "--no-pdf-header-footer", f"--user-data-dir={tmp}/profile", f"--print-to-pdf={pdf}", src.as_uri()],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)


def weasyprint(p, tmp, pdf):
    from weasyprint import HTML
    HTML(string=to_html(p, tmp)).write_pdf(pdf)


# ---------------------------------------------------------------- typst
def typst(p, tmp, pdf):
    import typst as ty
    def e(s):
        return re.sub(r"([\\#$*_`<>@\[\]~/=+-])", r"\\\1", s)
    serif = p["opt"].get("font") == "serif"
    fonts = ('("Noto Sans CJK SC",)' if p["zh"] else '("Libertinus Serif",)' if serif else '("Lato",)')
    weight = '"regular"' if p["zh"] else '"bold"'
    o = [f'#set document(title: "{p["name"]}", author: "{p["name"]}")',
         f'#set text(font: {fonts}, size: {"10.2pt" if p["zh"] else "10.8pt"}, lang: "{"zh" if p["zh"] else "en"}")',
         f'#let acc = rgb("{p["accent"]}")',
         f'#let sec(t) = block(above: 1.6em, below: .9em, sticky: true, stack(spacing: .42em, text(fill: acc, weight: {weight}, size: 1.18em, t), line(length: 100%, stroke: .6pt + acc)))',
         f'#let en(d, o, r, l) = block(above: 1.15em, below: .8em, grid(columns: (1fr, auto), column-gutter: .5em, row-gutter: .6em, [#text(weight: {weight}, fill: acc.darken(20%), o)#if l != [] [#h(.6em)#text(fill: gray, size: .9em, l)]], text(fill: luma(90), d), ..if r != [] {{ (grid.cell(colspan: 2, text(fill: luma(50), r)),) }}))',
         '#set par(leading: .72em, spacing: .85em)', '#set list(indent: .2em, spacing: .75em)']

    def sects(ss):
        r = []
        for s in ss:
            r.append(f"#sec[{e(s['title'])}]")
            for b in s["blocks"]:
                if b[0] == "e":
                    r.append("#en" + "".join(f"[{e(x)}]" for x in b[1:]))
                elif b[0] == "li":
                    r.append("- " + e(b[1]))
                elif b[0] == "kv":
                    r.append(f"\n#text(fill: acc)[{e(b[1])}]{colon(p)}{e(b[2])}\n")
                else:
                    r.append("\n" + e(b[1]) + "\n")
        return "\n".join(r)

    head = f"#text(size: 2.1em, weight: {weight}, fill: acc)[{e(p['name'])}]\\\n#text(size: 1.15em)[{e(p['title'])}]\n\n"
    if p["layout"] == "side":        # dark side bar, white text
        o.append('#set page(paper: "a4", margin: (left: 70mm, right: 14mm, y: 14mm), background: place(left, rect(width: 62mm, height: 100%, fill: acc)))')
        sb = ["#set text(fill: white)", "#let acc = white", f"#text(size: 1.9em, weight: {weight})[{e(p['name'])}]\\\n#text(size: 1.1em)[{e(p['title'])}]\n",
              "#let sec(t) = block(above: 1.8em, below: .9em, stack(spacing: .42em, text(fill: white, weight: \"bold\", size: 1.15em, t), line(length: 100%, stroke: .6pt + white)))",
              "#sec[Contact]"] + [e(c) + "\n" for c in p["contact"]] + [sects(p["side"])]
        o.append("#place(top + left, dx: -62mm, dy: 0mm, block(width: 48mm)[\n" + "\n".join(sb) + "\n])")
        o.append(sects(p["main"]))
    elif p["layout"] == "two":       # header over two columns
        o.append('#set page(paper: "a4", margin: 15mm)')
        o.append("#align(center)[" + head + "#text(size: .92em)[" + " #h(.5em)·#h(.5em) ".join(map(e, p["contact"])) + "]]")
        o.append("#grid(columns: (1fr, 50mm), column-gutter: 8mm, [\n" + sects(p["main"]) + "\n], [\n" + sects(p["side"]) + "\n])")
    else:
        o.append('#set page(paper: "a4", margin: (x: 18mm, y: 15mm))')
        o.append(head + "#text(size: .92em)[" + " #h(.4em)|#h(.4em) ".join(map(e, p["contact"])) + "]\n" + sects(p["main"]))
    src = tmp / "r.typ"
    src.write_text("\n".join(o), encoding="utf-8")
    ty.compile(str(src), output=str(pdf))


# ---------------------------------------------------------------- LibreOffice (flat ODT)
def libreoffice(p, tmp, pdf):
    e = html.escape
    acc = "#" + p["accent"]
    acad, form = p["layout"] == "academic", p["layout"] == "form"
    west = {"carlito": "Carlito"}.get(p["opt"].get("font"), "Liberation Serif" if acad or form else "Liberation Sans")
    cjk = "WenQuanYi Micro Hei"
    size = "10.5pt" if acad else "10pt"
    heavy = "normal" if p["zh"] else "bold"

    def style(name, para="", text="", parent="Standard"):
        return (f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{parent}">'
                f'<style:paragraph-properties {para}/><style:text-properties {text}/></style:style>')

    def sz(n, w="normal"):
        return f'fo:font-size="{n}pt" style:font-size-asian="{n}pt" fo:font-weight="{w}" style:font-weight-asian="{w}"'

    gap = "1.6mm" if acad else ".9mm"
    styles = (
        '<office:font-face-decls>' + "".join(f'<style:font-face style:name="{f}" svg:font-family="\'{f}\'"/>' for f in (west, cjk)) + '</office:font-face-decls>'
        f'<office:styles><style:default-style style:family="paragraph"><style:text-properties style:font-name="{west}" style:font-name-asian="{cjk}" '
        f'fo:font-size="{size}" style:font-size-asian="{size}" fo:language="{"zh" if p["zh"] else "en"}" fo:country="{"CN" if p["zh"] else "US"}" style:language-asian="zh" style:country-asian="CN"/></style:default-style>'
        '<style:style style:name="Standard" style:family="paragraph"/></office:styles><office:automatic-styles>'
        '<style:page-layout style:name="pl"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" '
        f'fo:margin-top="{20 if acad else 15}mm" fo:margin-bottom="{20 if acad else 15}mm" fo:margin-left="{24 if acad else 18}mm" fo:margin-right="{24 if acad else 18}mm"/></style:page-layout>'
        + style("N", f'fo:text-align="{"center" if acad or form else "start"}" fo:margin-bottom="1.5mm"', sz(21, heavy) + f' fo:color="{acc}"')
        + style("T", f'fo:text-align="{"center" if acad else "start"}" fo:margin-bottom="1mm"', sz(11.5))
        + style("C", f'fo:text-align="{"center" if acad else "start"}" fo:margin-bottom="1mm"', sz(9))
        + style("H", f'fo:margin-top="{4.5 if acad else 3.4}mm" fo:margin-bottom="1.2mm" fo:border-bottom="0.8pt solid {acc}" fo:keep-with-next="always"', sz(12, heavy) + f' fo:color="{acc}"')
        + f'<style:style style:name="E" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="1.4mm" fo:margin-bottom=".3mm" fo:keep-with-next="always"><style:tab-stops><style:tab-stop style:position="{162 if acad else 174}mm" style:type="right"/></style:tab-stops></style:paragraph-properties><style:text-properties {sz(10.5 if acad else 10, heavy)} fo:color="{acc}"/></style:style>'
        + style("R", f'fo:margin-bottom=".4mm"', 'fo:color="#444444"')
        + style("B", f'fo:margin-left="5mm" fo:text-indent="-3.5mm" fo:margin-bottom="{gap}" fo:line-height="{128 if acad else 112}%"')
        + style("P", f'fo:margin-bottom="{gap}" fo:line-height="{140 if acad else 115}%"')
        + style("CL", 'fo:text-align="center"', f'fo:color="{acc}"')
        + '<style:style style:name="dt" style:family="text"><style:text-properties fo:font-weight="normal" style:font-weight-asian="normal" fo:color="#555555" fo:font-size="9pt" style:font-size-asian="9pt"/></style:style>'
        '<style:style style:name="k" style:family="text"><style:text-properties fo:color="' + acc + f'" fo:font-weight="{heavy}"/></style:style>'
        '<style:style style:name="tb" style:family="table"><style:table-properties style:width="174mm" table:align="margins"/></style:style>'
        + "".join(f'<style:style style:name="w{i}" style:family="table-column"><style:table-column-properties style:column-width="{w}mm"/></style:style>' for i, w in enumerate((27, 60, 27, 60)))
        + '<style:style style:name="ce" style:family="table-cell"><style:table-cell-properties fo:border="0.6pt solid #000000" fo:padding="1.3mm" style:vertical-align="middle"/></style:style>'
        '<style:style style:name="cl" style:family="table-cell"><style:table-cell-properties fo:border="0.6pt solid #000000" fo:padding="1.3mm" fo:background-color="#eeeeee" style:vertical-align="middle"/></style:style>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pl"/></office:master-styles>')

    def para(st, inner):
        return f'<text:p text:style-name="{st}">{inner}</text:p>'

    def blocks(bs):
        out = []
        for b in bs:
            if b[0] == "e":
                _, d, org, role, loc = b
                org = org + (f" ({loc})" if loc else "")
                if form:
                    out.append(para("E", e(d) + "　" + e(org)))
                else:
                    out.append(para("E", f'{e(org)}<text:tab/><text:span text:style-name="dt">{e(d)}</text:span>'))
                if role:
                    out.append(para("R", e(role)))
            elif b[0] == "li":
                own_mark = b[1].startswith("[")
                out.append(para("B", ("" if own_mark else ("· " if p["zh"] else "• ")) + e(b[1])))
            elif b[0] == "kv":
                out.append(para("P", f'<text:span text:style-name="k">{e(b[1])}{colon(p).strip()}</text:span> {e(b[2])}'))
            else:
                out.append(para("P", e(b[1])))
        return "".join(out)

    if form:
        def cell(kind, inner, span=1):
            sp = f' table:number-columns-spanned="{span}"' if span > 1 else ""
            return (f'<table:table-cell table:style-name="{kind}" office:value-type="string"{sp}>{inner}</table:table-cell>'
                    + "<table:covered-table-cell/>" * (span - 1))
        rows = []
        for i in range(0, len(p["form"]), 2):
            rows.append("<table:table-row>" + "".join(cell("cl", para("CL", e(k))) + cell("ce", para("Standard", e(v))) for k, v in p["form"][i:i + 2]) + "</table:table-row>")
        for s in p["main"]:
            rows.append("<table:table-row>" + cell("cl", para("CL", e(s["title"]))) + cell("ce", blocks(s["blocks"]), 3) + "</table:table-row>")
        body = para("N", e(p["title"])) + ('<table:table table:style-name="tb">' + "".join(f'<table:table-column table:style-name="w{i}"/>' for i in range(4)) + "".join(rows) + "</table:table>") + "<text:p/>"
    else:
        body = para("N", e(p["name"])) + para("T", e(p["title"])) + para("C", e("  |  ".join(p["contact"])))
        body += "".join(para("H", e(s["title"])) + blocks(s["blocks"]) for s in p["main"])
    ns = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in
                  dict(office="office", style="style", text="text", table="table", fo="xsl-fo-compatible", svg="svg-compatible").items())
    src = tmp / (p["file"] + ".fodt")
    src.write_text(f'<?xml version="1.0" encoding="UTF-8"?><office:document {ns} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
                   f'{styles}<office:body><office:text>{body}</office:text></office:body></office:document>', encoding="utf-8")
    exe = shutil.which("soffice") or "libreoffice"
    subprocess.run([exe, f"-env:UserInstallation={(tmp / 'lo').as_uri()}", "--headless", "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(tmp), str(src)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240)
    shutil.move(tmp / (p["file"] + ".pdf"), pdf)


# ---------------------------------------------------------------- ReportLab
def reportlab(p, tmp, pdf):
    from reportlab.lib.colors import HexColor, white
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle as PS
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, HRFlowable, PageTemplate, Paragraph, Table
    e = lambda s: html.escape(s, quote=False)
    if p["zh"]:
        pdfmetrics.registerFont(TTFont("Hei", WQY, subfontIndex=0)); reg = bold = "Hei"
    else:
        pdfmetrics.registerFont(TTFont("R", LIB + "LiberationSans-Regular.ttf"))
        pdfmetrics.registerFont(TTFont("B", LIB + "LiberationSans-Bold.ttf")); reg, bold = "R", "B"
    from reportlab.pdfgen.canvas import Canvas
    maker = lambda f, **k: Canvas(f, **{**k, "initialFontName": reg})   # no stray Helvetica, which would not be embedded
    acc = HexColor("#" + p["accent"])
    wrap = dict(wordWrap="CJK") if p["zh"] else {}
    base = PS("b", fontName=reg, bulletFontName=reg, fontSize=9.8, leading=15 if p["zh"] else 13.2, **wrap)
    st = lambda n, **k: PS(n, parent=base, **k)

    def flow(ss, fg, width, narrow):
        h = st("h", fontName=bold, fontSize=12, textColor=fg, spaceBefore=9, leading=15)
        li = st("li", leftIndent=0 if narrow else 10, bulletIndent=1, textColor=white if narrow else HexColor("#222222"))
        pa = st("pa", textColor=li.textColor)
        en = st("en", fontName=bold, textColor=fg); da = st("da", alignment=2, textColor=HexColor("#555555"), fontSize=9)
        out = []
        for s in ss:
            out += [Paragraph(e(s["title"]), h), HRFlowable(width="100%", thickness=.7, color=fg, spaceBefore=2, spaceAfter=3)]
            for b in s["blocks"]:
                if b[0] == "e":
                    t = Table([[Paragraph(e(b[2]), en), Paragraph(e(b[1]), da)]], colWidths=[width - 41 * mm, 41 * mm])
                    t.setStyle([("FONTNAME", (0, 0), (-1, -1), reg), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 3),
                                ("BOTTOMPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
                    out.append(t)
                    if b[3]:
                        out.append(Paragraph(e(b[3]), st("ro", textColor=HexColor("#444444"))))
                elif b[0] == "li":
                    out.append(Paragraph(e(b[1]), li, bulletText=None if narrow else ("·" if p["zh"] else "•")))
                elif b[0] == "kv":
                    out.append(Paragraph(f'<font color="#{p["accent"]}">{e(b[1])}</font>{colon(p)}{e(b[2])}', pa))
                else:
                    out.append(Paragraph(e(b[1]), pa))
        return out

    W, H = A4
    doc = BaseDocTemplate(str(pdf), pagesize=A4, title=p["name"], author=p["name"])
    big = 16 if p["layout"] == "side-dark" else 21
    name = lambda c: Paragraph(e(p["name"]), st("n", fontName=bold, fontSize=big, leading=big * 1.3, textColor=c, splitLongWords=0))
    title = lambda c: Paragraph(e(p["title"]), st("t", fontSize=11.5, leading=16, textColor=c))
    if p["layout"] == "side-dark":
        sw = 62 * mm
        def paint(c, d):
            c.setFillColor(acc); c.rect(0, 0, sw, H, stroke=0, fill=1)
        doc.addPageTemplates(PageTemplate(frames=[Frame(5 * mm, 12 * mm, sw - 10 * mm, H - 24 * mm), Frame(sw + 5 * mm, 12 * mm, W - sw - 14 * mm, H - 22 * mm)], onPage=paint))
        cs = {"title": "联系方式" if p["zh"] else "Contact", "blocks": [("li", c) for c in p["contact"]]}
        story = [name(white), title(white)] + flow([cs] + p["side"], white, sw - 14 * mm, True) + [FrameBreak()] + flow(p["main"], acc, W - sw - 19 * mm, False)
    else:
        fr = Frame(18 * mm, 14 * mm, W - 36 * mm, H - 28 * mm, 0, 0, 0, 0)
        doc.addPageTemplates(PageTemplate(frames=[fr]))
        story = [name(acc), title(HexColor("#222222")), Paragraph(e("  |  ".join(p["contact"])), st("c", fontSize=9, textColor=HexColor("#444444")))]
        story += flow(p["main"], acc, W - 36 * mm, False)
    doc.build(story, canvasmaker=maker)


# ---------------------------------------------------------------- XeLaTeX
def xelatex(p, tmp, pdf):
    def e(s):
        s = re.sub(r"([&%$#_{}])", r"\\\1", s)
        s = re.sub(r"“([^”]*)”", r"``\1''", s).replace("’", "'").replace("–", "--")
        return s
    o = [r"\documentclass[11pt,a4paper]{article}", r"\usepackage[margin=25mm]{geometry}", r"\usepackage{fontspec,xcolor}",
         r"\setmainfont{Latin Modern Roman}", r"\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}\raggedright\linespread{1.06}",
         r"\pagestyle{plain}\special{pdf:docinfo << /Title (%s) >>}" % p["name"],
         r"\newcommand{\cvsec}[1]{\par\vspace{11pt}{\large\bfseries #1}\par\vspace{-5pt}\rule{\textwidth}{0.5pt}\par}",
         r"\newcommand{\cven}[4]{\par\vspace{4pt}\textbf{#2}#4\hfill #1\par\textit{#3}\par}",
         r"\newcommand{\cvli}[1]{\par\hangindent=1.4em\hangafter=1\makebox[1.4em][l]{\textbullet}#1\par}",
         r"\newcommand{\cvref}[1]{\par\hangindent=1.4em\hangafter=1 #1\par}",
         r"\begin{document}", r"\begin{center}{\LARGE\bfseries %s}\\[4pt]%s\\[3pt]{\small %s}\end{center}" % (e(p["name"]), e(p["title"]), r" \quad ".join(map(e, p["contact"])))]
    for s in p["main"]:
        o.append(r"\cvsec{%s}" % e(s["title"]))
        for b in s["blocks"]:
            if b[0] == "e":
                o.append(r"\cven{%s}{%s}{%s}{%s}" % (e(b[1]), e(b[2]), e(b[3]), ", " + e(b[4]) if b[4] else ""))
            elif b[0] == "li":
                o.append((r"\cvref{%s}" if b[1].startswith("[") else r"\cvli{%s}") % e(b[1]))
            elif b[0] == "kv":
                o.append(r"\textbf{%s:} %s\par" % (e(b[1]), e(b[2])))
            else:
                o.append(e(b[1]) + r"\par")
    o.append(r"\end{document}")
    (tmp / "r.tex").write_text("\n".join(o), encoding="utf-8")
    for _ in range(2):
        subprocess.run(["xelatex", "-interaction=batchmode", "-halt-on-error", "r.tex"], cwd=tmp, check=True, stdout=subprocess.DEVNULL)
    shutil.move(tmp / "r.pdf", pdf)


def main(names):
    for path in sorted((HERE / "people").glob("*.txt")):
        if names and path.stem not in names:
            continue
        p = read(path)
        pdf = OUT / (path.stem + ".pdf")
        with tempfile.TemporaryDirectory() as t:
            globals()[p["producer"]](p, Path(t), pdf)
        print(f"{pdf.stat().st_size:7d}  {p['producer']:11s} {p['layout']:10s} {pdf.name}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
