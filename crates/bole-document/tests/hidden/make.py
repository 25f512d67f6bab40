"""Makes the PDFs of this folder; see README.md.

    python3 make.py FOLDER

Needs typst, reportlab, fpdf2, pycairo and pikepdf from PyPI, and XeLaTeX, Chromium, LibreOffice and DejaVu Sans on
the machine. A producer that is missing is skipped.
"""

import html
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LINES = open(os.path.join(HERE, "resume.txt"), encoding="utf-8").read().split("\n")[:-1]
SECRET = "expert kubernetes quantum blockchain"
OUT = sys.argv[1]
# The secret stands between the two halves of the resume, where nothing else is.
GAP = 4


def save(producer, way, data):
    with open(os.path.join(OUT, f"{producer}-{way}.pdf"), "wb") as file:
        file.write(data)


def slim(path):
    """Without metadata and with packed objects, so that the files stay small and alike from run to run."""
    import pikepdf

    with pikepdf.open(path) as pdf:
        for key in ("/Metadata", "/StructTreeRoot", "/MarkInfo", "/Outlines"):
            if key in pdf.Root:
                del pdf.Root[key]
        for page in pdf.pages:
            for key in ("/StructParents", "/Tabs"):
                if key in page:
                    del page[key]
        if pdf.trailer.get("/Info") is not None:
            del pdf.trailer["/Info"]
        pdf.remove_unreferenced_resources()
        pdf.save(path + ".slim", object_stream_mode=pikepdf.ObjectStreamMode.generate,
                 recompress_flate=True, deterministic_id=True)
    return open(path + ".slim", "rb").read()


def typst_ways():
    import typst

    ways = {
        "clean": "",
        "white": '#text(fill: white)[SECRET]',
        "near": '#text(fill: rgb("#fcfcfa"))[SECRET]',
        "bar": '#box(fill: rgb("#20405c"), width: 100%, inset: 4pt)[#text(fill: rgb("#22425e"))[SECRET]]',
        "tiny": '#text(size: 0.5pt)[SECRET]',
        "clear": '#text(fill: rgb(0, 0, 0, 0))[SECRET]',
        "offpage": '#place(top + left, dx: 5pt, dy: -200pt)[SECRET]',
        "clipped": '#box(width: 100%, height: 14pt, clip: true)[#place(dy: 40pt)[SECRET]]',
        "covered": '#box(width: 100%, height: 14pt)[#place[SECRET] #place(dx: -2pt, dy: -4pt)[#rect(fill: white, width: 100%, height: 22pt)]]',
        "rounded": '#box(width: 100%, height: 14pt)[#place[SECRET] #place(dx: -6pt, dy: -5pt)[#rect(fill: luma(235), radius: 3pt, width: 105%, height: 24pt)]]',
    }
    for way, secret in ways.items():
        lines = [line + " \\\n" for line in LINES]
        source = '#set page(width: 400pt, height: 300pt, margin: 30pt)\n#set text(size: 10pt)\n'
        source += "".join(lines[:GAP]) + "\n" + (secret.replace("SECRET", SECRET) or "#v(14pt)") + "\n\n" + "".join(lines[GAP:])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.typ")
            open(path, "w", encoding="utf-8").write(source)
            pdf = os.path.join(folder, "a.pdf")
            typst.compile(path, output=pdf)
            save("typst", way, slim(pdf))


def reportlab_ways():
    from reportlab.lib.colors import CMYKColor, CMYKColorSep
    from reportlab.pdfgen.canvas import Canvas

    for way in ("clean", "invisible", "white", "cmyk", "spot", "clear", "stroke", "squeezed", "covered", "image"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.pdf")
            canvas = Canvas(path, pagesize=(400, 300), invariant=True)
            y = 260

            def show(line, mode=0, scale=100):
                text = canvas.beginText(30, y)
                text.setFont("Helvetica", 10)
                text.setTextRenderMode(mode)
                text.setHorizScale(scale)
                text.textOut(line)
                canvas.drawText(text)

            for index, line in enumerate(LINES):
                if index == GAP:
                    canvas.saveState()
                    if way == "white":
                        canvas.setFillColorRGB(1, 1, 1)
                    elif way == "cmyk":
                        canvas.setFillColor(CMYKColor(0, 0, 0.02, 0))
                    elif way == "spot":
                        canvas.setFillColor(CMYKColorSep(0, 1, 1, 0, spotName="Warm", density=0))
                    elif way == "clear":
                        canvas.setFillAlpha(0.01)
                    elif way == "stroke":
                        canvas.setStrokeColorRGB(1, 1, 1)
                    if way != "clean":
                        show(SECRET, {"invisible": 3, "stroke": 1}.get(way, 0), 1 if way == "squeezed" else 100)
                    if way == "covered":
                        canvas.setFillColorRGB(0.9, 0.9, 0.9)
                        canvas.rect(28, y - 4, 300, 16, stroke=0, fill=1)
                    elif way == "image":
                        from PIL import Image
                        picture = os.path.join(folder, "a.png")
                        Image.new("RGB", (4, 4), (200, 220, 240)).save(picture)
                        canvas.drawImage(picture, 28, y - 4, 300, 16)
                    canvas.restoreState()
                    y -= 20
                show(line)
                y -= 14
            canvas.save()
            save("reportlab", way, slim(path))


def fpdf_ways():
    from fpdf import FPDF
    from fpdf.enums import TextMode

    for way in ("clean", "invisible", "white", "clear", "clipped", "offpage"):
        pdf = FPDF(unit="pt", format=(400, 300))
        pdf.add_page()
        pdf.set_font("Helvetica", size=10)
        y = 40
        for index, line in enumerate(LINES):
            if index == GAP:
                if way == "invisible":
                    with pdf.local_context(text_mode=TextMode.INVISIBLE):
                        pdf.text(30, y, SECRET)
                elif way == "white":
                    with pdf.local_context(text_color=(255, 255, 255)):
                        pdf.text(30, y, SECRET)
                elif way == "clear":
                    with pdf.local_context(fill_opacity=0):
                        pdf.text(30, y, SECRET)
                elif way == "clipped":
                    with pdf.rect_clip(x=300, y=200, w=50, h=50):
                        pdf.text(30, y, SECRET)
                elif way == "offpage":
                    pdf.text(450, y, SECRET)
                y += 20
            pdf.text(30, y, line)
            y += 14
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.pdf")
            pdf.output(path)
            save("fpdf2", way, slim(path))


def cairo_ways():
    import cairo

    for way in ("clean", "white", "covered", "group", "gradient"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.pdf")
            surface = cairo.PDFSurface(path, 400, 300)
            context = cairo.Context(surface)
            context.select_font_face("DejaVu Sans")
            context.set_font_size(10)
            y = 40

            def show(line):
                context.move_to(30, y)
                context.show_text(line)

            for index, line in enumerate(LINES):
                if index == GAP:
                    context.save()
                    if way == "white":
                        context.set_source_rgb(1, 1, 1)
                        show(SECRET)
                    elif way == "covered":
                        show(SECRET)
                        context.set_source_rgb(1, 1, 1)
                        context.rectangle(20, y - 12, 300, 16)
                        context.fill()
                    elif way == "group":
                        context.push_group()
                        show(SECRET)
                        context.pop_group_to_source()
                        context.paint_with_alpha(0.01)
                    elif way == "gradient":
                        show(SECRET)
                        gradient = cairo.LinearGradient(0, 0, 400, 0)
                        gradient.add_color_stop_rgb(0, 0.9, 0.9, 1)
                        gradient.add_color_stop_rgb(1, 0.7, 0.9, 1)
                        context.set_source(gradient)
                        context.rectangle(20, y - 12, 300, 16)
                        context.fill()
                    context.restore()
                    y += 20
                show(line)
                y += 14
            surface.finish()
            save("cairo", way, slim(path))


def xelatex_ways():
    if not shutil.which("xelatex"):
        return
    ways = {
        "clean": r"\strut",
        "white": r"\textcolor{white}{SECRET}",
        "invisible": r"\special{pdf:code 3 Tr}SECRET\special{pdf:code 0 Tr}",
        "tiny": r"\scalebox{0.05}{SECRET}",
        "covered": r"SECRET\llap{\textcolor{white}{\rule[-4pt]{220pt}{15pt}}}",
        "layer": r"\begin{ocg}{notes}{notes}{0}SECRET\end{ocg}",
    }
    for way, secret in ways.items():
        lines = [line.replace("&", r"\&") + r"\par" for line in LINES]
        layers = "\\usepackage{ocgx2}\n" if way == "layer" else ""
        source = (
            "\\documentclass[10pt]{article}\n\\usepackage[paperwidth=400pt,paperheight=300pt,margin=30pt]{geometry}\n"
            "\\usepackage{fontspec,xcolor,graphicx}\n" + layers +
            "\\pagestyle{empty}\\parindent0pt\n\\begin{document}\n"
            + "\n".join(lines[:GAP]) + "\n" + secret.replace("SECRET", SECRET) + "\\par\n" + "\n".join(lines[GAP:])
            + "\n\\end{document}\n")
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "a.tex"), "w", encoding="utf-8").write(source)
            for _ in range(2):
                subprocess.run(["xelatex", "-interaction=batchmode", "a.tex"], cwd=folder, stdout=subprocess.DEVNULL)
            if os.path.exists(os.path.join(folder, "a.pdf")):
                save("xelatex", way, slim(os.path.join(folder, "a.pdf")))


def web_ways():
    return {
        "clean": "<div>&nbsp;</div>",
        "white": '<div style="color:#fff">SECRET</div>',
        "bar": '<div style="background:#123;color:#123">SECRET</div>',
        "tiny": '<div style="font-size:12px"><span style="display:inline-block;transform:scale(.08)">SECRET</span></div>',
        "clear": '<div style="color:rgba(0,0,0,0.01)">SECRET</div>',
        "covered": '<div style="position:relative">SECRET<div style="position:absolute;inset:-2px;background:#fff"></div></div>',
        "behind": '<div style="position:relative">SECRET<div style="position:absolute;inset:-2px;background:linear-gradient(90deg,#eef,#dde)"></div></div>',
    }


def chromium_ways():
    browser = shutil.which("chromium")
    if not browser:
        return
    for way, secret in web_ways().items():
        lines = [f"<div>{html.escape(line)}</div>" for line in LINES]
        source = (
            "<meta charset=utf-8><style>@page{size:400pt 300pt;margin:30pt}body{margin:0;font:10pt/14pt 'DejaVu Sans';"
            "-webkit-print-color-adjust:exact}</style>" + "".join(lines[:GAP]) + secret.replace("SECRET", SECRET)
            + "".join(lines[GAP:]))
        with tempfile.TemporaryDirectory() as folder:
            page = os.path.join(folder, "a.html")
            open(page, "w", encoding="utf-8").write(source)
            subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                            f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/a.pdf", page],
                           stderr=subprocess.DEVNULL, timeout=90)
            save("chromium", way, slim(f"{folder}/a.pdf"))


def libreoffice_ways():
    office = shutil.which("soffice")
    if not office:
        return
    style = 'style="font-size:10pt;margin:0;{}"'
    ways = {"clean": "&nbsp;", "white": f'<font color="#ffffff">{SECRET}</font>',
            "bar": f'<span style="background:#404040"><font color="#404040">{SECRET}</font></span>',
            "near": f'<font color="#fbfbff">{SECRET}</font>'}
    for way, secret in ways.items():
        lines = [f"<p {style.format('')}>{html.escape(line)}</p>" for line in LINES]
        lines.insert(GAP, f"<p {style.format('')}>{secret}</p>")
        source = ("<html><head><meta charset=utf-8><style>@page{size:400pt 300pt;margin:30pt}"
                  "p{font-family:'DejaVu Sans'}</style></head><body>" + "\n".join(lines) + "</body></html>")
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "a.html"), "w", encoding="utf-8").write(source)
            subprocess.run([office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                            "pdf:writer_pdf_Export", "--infilter=HTML (StarWriter)", "--outdir", folder, f"{folder}/a.html"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
            if os.path.exists(f"{folder}/a.pdf"):
                save("libreoffice", way, slim(f"{folder}/a.pdf"))


for producer in (typst_ways, reportlab_ways, fpdf_ways, cairo_ways, xelatex_ways, chromium_ways, libreoffice_ways):
    try:
        producer()
    except ImportError as error:
        print("skipped:", error)
