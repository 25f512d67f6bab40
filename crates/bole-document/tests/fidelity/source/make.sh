#!/usr/bin/env bash
# Makes the fixtures again from the sources of this folder: `./make.sh [NAME…]`, all where no name is given.
# A producer that is not installed is skipped, its fixtures stay as they are.
#
# Debian: chromium libreoffice texlive-xetex texlive-luatex texlive-lang-chinese latex-cjk-chinese texlive-fonts-recommended
#   lmodern fonts-noto-cjk fonts-liberation fop wkhtmltopdf groff ghostscript qpdf mupdf-tools poppler-utils poppler-data
# PyPI (python3 of PATH): typst weasyprint reportlab fpdf2 pikepdf fonttools brotli pycairo pymupdf
# npm (NODE_FOLDER): pdf-lib @pdf-lib/fontkit pdfkit jspdf pdfmake @react-pdf/renderer react @fontsource/noto-sans-sc
set -uo pipefail
source_folder="$(cd "$(dirname "$0")" && pwd)"
out="$(dirname "$source_folder")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
names=("$@")
export SOURCE_DATE_EPOCH=0 FORCE_SOURCE_DATE=1

# wanted NAME TOOL: whether NAME is to be made and TOOL is there.
wanted() {
  command -v "$2" >/dev/null || { echo "skipped $1: no $2"; return 1; }
  [ ${#names[@]} -eq 0 ] && return 0
  local name
  for name in "${names[@]}"; do [ "$name" = "$1" ] && return 0; done
  return 1
}

# These fonts are the only ones that the producers below find.
fonts="$work/fonts"
python3 "$source_folder/make.py" fonts "${NODE_FOLDER:-.}" "$fonts" && export FONTCONFIG_FILE="$fonts/fonts.conf" OSFONTDIR="$fonts"

# keep NAME: takes the work folder's file as the fixture, streams compressed.
keep() { mv "$work/$1.pdf" "$out/$1.pdf" && echo "made $1"; }

for name in typst-zh typst-sidebar typst-table; do
  wanted $name python3 && python3 -c 'import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]], ignore_system_fonts=True)' \
    "$source_folder/$name.typ" "$work/$name.pdf" "$fonts" && keep $name
done

chromium_page() { # chromium_page NAME OPTION…
  wanted "$1" chromium && chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --user-data-dir="$work/profile" "${@:2}" --print-to-pdf="$work/$1.pdf" "$source_folder/$1.html" 2>/dev/null && keep "$1"
}
for name in chromium-flex chromium-hinted chromium-spacing chromium-tracking chromium-vertical; do
  chromium_page $name
done
for name in chromium-zh chromium-columns chromium-form chromium-grid chromium-photo chromium-rotated; do
  chromium_page $name --disable-pdf-tagging
done
wanted qt-mixed wkhtmltopdf \
  && QT_QPA_PLATFORM=offscreen wkhtmltopdf -q -s A5 "$source_folder/qt-mixed.html" "$work/qt-mixed.pdf" && keep qt-mixed

for name in weasyprint-zh weasyprint-hyphens; do
  wanted $name python3 && python3 -c 'import sys, weasyprint; weasyprint.HTML(sys.argv[1]).write_pdf(sys.argv[2])' \
    "$source_folder/$name.html" "$work/$name.pdf" && keep $name
done

for name in xelatex-zh xelatex-fandol xelatex-en pdflatex-cm pdflatex-accents pdflatex-type3 pdflatex-t1 pdflatex-actualtext pdflatex-cjk \
  lualatex-en; do
  wanted $name "${name%%-*}" && (cd "$work" && "${name%%-*}" -interaction=batchmode "$source_folder/$name.tex" >/dev/null) && keep $name
done

wanted dvips-en ps2pdf && (cd "$work" && latex -interaction=batchmode "$source_folder/dvips-en.tex" >/dev/null \
  && dvips -q dvips-en.dvi && ps2pdf dvips-en.ps dvips-en.pdf) && keep dvips-en

office() { # office NAME SOURCE FILTER
  wanted "$1" soffice && (cd "$work" && soffice "-env:UserInstallation=file://$work/office" --headless \
    --convert-to "$3" --outdir "$work" "$source_folder/$2" >/dev/null 2>&1) \
    && { [ "$work/${2%.*}.pdf" = "$work/$1.pdf" ] || mv "$work/${2%.*}.pdf" "$work/$1.pdf"; } && keep "$1"
}
office libreoffice-form libreoffice-form.fodt pdf:writer_pdf_Export
office libreoffice-en libreoffice-en.fodt pdf:writer_pdf_Export
office libreoffice-columns libreoffice-columns.fodt pdf:writer_pdf_Export
office libreoffice-tagged libreoffice-en.fodt 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},"PDFUACompliance":{"type":"boolean","value":"true"}}'
office impress-boxes impress-boxes.fodp pdf:impress_pdf_Export

wanted fop-en fop && fop -q "$source_folder/fop-en.fo" "$work/fop-en.pdf" 2>/dev/null && keep fop-en
wanted groff-en gropdf && groff -k -Tpdf -ms "$source_folder/groff-en.ms" >"$work/groff-en.pdf" 2>/dev/null && keep groff-en
wanted ghostscript-en gs && ps2pdf -dEmbedAllFonts=false "$source_folder/ghostscript-en.ps" "$work/ghostscript-en.pdf" && keep ghostscript-en
wanted ghostscript-zh gs && gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o "$work/ghostscript-zh.pdf" "$out/xelatex-fandol.pdf" && cp "$out/xelatex-fandol.txt" "$out/ghostscript-zh.txt" && keep ghostscript-zh

if [ -n "${NODE_FOLDER:-}" ] && wanted npm node || [[ " ${names[*]:-} " =~ pdf-lib|pdfkit|jspdf|react-pdf|pdfmake ]]; then
  (cd "$NODE_FOLDER" && node "$source_folder/npm.mjs" "$work" "$fonts/han.ttf")
  for name in pdf-lib-form pdf-lib-zh pdfkit-en pdfkit-zh jspdf-en react-pdf-sidebar pdfmake-en; do
    wanted $name node && keep $name
  done
fi

recipe() { # recipe NAME RECIPE ARGUMENTS…: what make.py makes; the path of the result comes last.
  wanted "$1" python3 && python3 "$source_folder/make.py" "${@:2}" "$work/$1.pdf" && keep "$1"
}
for name in cid-gbk-euc cid-gb-euc cid-gb18030 cid-utf16 cid-big5 cid-sjis cid-uhc cid-vertical; do
  recipe $name predefined $name
done
recipe cid-identity-gb1 identity_gb1
recipe cid-embedded-cmap embedded_cmap
recipe identity-truetype identity_embedded identity-truetype "$fonts/han.ttf"
recipe symbolic-truetype symbolic_truetype symbolic-truetype "$fonts/Serif-Regular.ttf"
recipe glyph-names differences glyph-names
for turn in 90 180 270; do recipe rotated-$turn rotated rotated-$turn; done
recipe crop-box crop_box crop-box
recipe nested-forms nested_forms nested-forms
recipe form-shows-itself form_shows_itself
recipe long-integer-in-page long_integer_in_page
recipe split-content split_content split-content
recipe layers layers layers
recipe actual-text actual_text actual-text
recipe revised revised revised

for name in reportlab-en reportlab-stsong reportlab-heisei reportlab-msung reportlab-myeongjo; do recipe $name reportlab $name; done
recipe reportlab-form reportlab_form reportlab-form
recipe fpdf2-en fpdf2 fpdf2-en -
recipe fpdf2-zh fpdf2 fpdf2-zh "$fonts/han.ttf"
recipe cairo-en cairo cairo-en
recipe cairo-zh cairo cairo-zh
recipe annotations free_text annotations
recipe mupdf-zh mupdf mupdf-zh

# Of another fixture: its text is theirs.
derived() { # derived NAME BASE RECIPE ARGUMENTS…
  recipe "$1" "${@:3}" && cp "$out/$2.txt" "$out/$1.txt"
}
derived qpdf-object-streams libreoffice-en transform qpdf-object-streams libreoffice-en
derived qpdf-linearized cairo-en transform qpdf-linearized cairo-en
for name in qpdf-rc4-128 qpdf-aes-256; do derived $name pdf-lib-form transform $name pdf-lib-form; done
for name in qpdf-rc4-40 qpdf-aes-128 qpdf-pdf-2; do derived $name reportlab-stsong transform $name reportlab-stsong; done
recipe qpdf-user-password transform qpdf-user-password reportlab-en
derived no-tounicode-gb1 xelatex-fandol strip_to_unicode xelatex-fandol
derived damaged-xref fpdf2-en damage damaged-xref fpdf2-en
derived damaged-startxref pdf-lib-zh damage damaged-startxref pdf-lib-zh
derived damaged-truncated fop-en damage damaged-truncated fop-en
derived damaged-length nested-forms damage damaged-length nested-forms
derived damaged-prefix reportlab-stsong damage damaged-prefix reportlab-stsong
derived damaged-suffix cid-gbk-euc damage damaged-suffix cid-gbk-euc
derived damaged-newlines reportlab-en damage damaged-newlines reportlab-en
derived damaged-flate cid-utf16 damage damaged-flate cid-utf16
derived damaged-endobj crop-box damage damaged-endobj crop-box
