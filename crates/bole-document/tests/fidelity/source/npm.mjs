// Fixtures by the JavaScript producers. Usage: node npm.mjs OUT_FOLDER, with the packages of make.sh in reach.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
const require = createRequire(path.join(process.cwd(), "package.json"));
const out = process.argv[2];
const save = (name, bytes) => fs.writeFileSync(path.join(out, name), bytes);
const when = new Date(0);
const hanFont = process.argv[3];

async function pdfLibForm() {
  const { PDFDocument, StandardFonts, rgb } = require("pdf-lib");
  const doc = await PDFDocument.create();
  doc.setCreationDate(when); doc.setModificationDate(when);
  const font = await doc.embedFont(StandardFonts.Helvetica);
  const page = doc.addPage([420, 400]);
  const form = doc.getForm();
  page.drawText("Application form", { x: 40, y: 350, size: 16, font });
  const rows = [["Name", "Corin Blackwater"], ["Phone", "555 0112"], ["E-mail", "corin@example.com"]];
  rows.forEach(([label, value], i) => {
    page.drawText(label, { x: 40, y: 310 - 30 * i, size: 11, font });
    const field = form.createTextField(label);
    field.setText(value);
    field.addToPage(page, { x: 140, y: 303 - 30 * i, width: 220, height: 20, font, borderColor: rgb(0, 0, 0) });
    field.setFontSize(11);
  });
  page.drawText("Notice", { x: 40, y: 220, size: 11, font });
  const choice = form.createDropdown("Notice");
  choice.addOptions(["One month", "Three months"]); choice.select("Three months");
  choice.addToPage(page, { x: 140, y: 213, width: 220, height: 20, font });
  choice.setFontSize(11);
  page.drawText("May travel", { x: 40, y: 190, size: 11, font });
  const box = form.createCheckBox("Travel"); box.addToPage(page, { x: 140, y: 186, width: 14, height: 14 }); box.check();
  save("pdf-lib-form.pdf", await doc.save({ useObjectStreams: true }));
}

async function pdfLibHan() {
  const { PDFDocument } = require("pdf-lib");
  const doc = await PDFDocument.create();
  doc.setCreationDate(when); doc.setModificationDate(when);
  doc.registerFontkit(require("@pdf-lib/fontkit"));
  const font = await doc.embedFont(fs.readFileSync(hanFont), { subset: true });
  const page = doc.addPage([420, 400]);
  ["夏时雨", "产品经理 153 0000 0000", "2017—2021 拾光网络科技", "负责社区产品，月活五百万", "xia@example.com"]
    .forEach((line, i) => page.drawText(line, { x: 40, y: 350 - 22 * i, size: 12, font }));
  save("pdf-lib-zh.pdf", await doc.save());
}

async function pdfKit(name, draw, options = {}) {
  const PDFDocument = require("pdfkit");
  const doc = new PDFDocument({ size: [420, 595], margin: 40, info: { CreationDate: when }, ...options });
  const chunks = [];
  doc.on("data", (chunk) => chunks.push(chunk));
  const end = new Promise((resolve) => doc.on("end", resolve));
  draw(doc); doc.end(); await end;
  save(name, Buffer.concat(chunks));
}

function jsPdf() {
  const { jsPDF } = require("jspdf");
  const doc = new jsPDF({ unit: "pt", format: [420, 595], compress: true });
  doc.setCreationDate(when); doc.setFileId("0".repeat(32));
  doc.setFont("helvetica", "bold"); doc.setFontSize(18); doc.text("Marcus Ilverton", 40, 60);
  doc.setFont("helvetica", "normal"); doc.setFontSize(10);
  doc.text("Chef, 555 0113, marcus@example.com", 40, 80);
  doc.text(["Copper Pan, Brighton", "Ran a kitchen of eleven.", "Won the county’s prize twice."], 40, 110);
  doc.text("2013 – 2022", 380, 110, { align: "right" });
  doc.text("justified words of one wide line", 40, 170, { charSpace: 1.5 });
  save("jspdf-en.pdf", Buffer.from(doc.output("arraybuffer")));
}

async function reactPdf() {
  const React = require("react");
  const { Document, Page, View, Text, renderToBuffer, Font, StyleSheet } = await import(require.resolve("@react-pdf/renderer"));
  const h = React.createElement;
  const row = { flexDirection: "row", justifyContent: "space-between" };
  const job = (title, dates, ...points) => h(View, { key: title, style: { marginTop: 8 } },
    h(View, { style: row }, h(Text, { style: { fontFamily: "Helvetica-Bold" } }, title), h(Text, null, dates)),
    ...points.map((point) => h(Text, { key: point }, `• ${point}`)));
  const doc = h(Document, { creationDate: when }, h(Page, { size: [420, 400], style: { padding: 30, fontSize: 10, flexDirection: "row" } },
    h(View, { style: { width: 110 } }, h(Text, null, "Skills"), h(Text, null, "Figma"), h(Text, null, "Accessibility"), h(Text, null, "User research"), h(Text, null, "Writing")),
    h(View, { style: { flexGrow: 1, marginLeft: 20 } }, h(Text, { style: { fontSize: 16 } }, "Yara Belmonte"), h(Text, null, "Designer, yara@example.com"),
      job("Paper Kite Studio", "2020 - 2025", "Led the redesign of three apps", "Ran forty interviews"), job("Blue Anchor", "2017 - 2020", "Drew icons and forms"))));
  save("react-pdf-sidebar.pdf", await renderToBuffer(doc));
}

async function pdfMake() {
  const pdfmake = require("pdfmake");
  const bold = "Helvetica-Bold";
  const definition = { pageSize: { width: 420, height: 400 }, pageMargins: 30, defaultStyle: { font: "Helvetica", fontSize: 10 }, info: { creationDate: when },
    content: [{ text: "Silas Renwick", fontSize: 16 }, "silas@example.org, 555 0114", " ",
      { columns: [{ width: "*", text: "Tinder & Flint, forester" }, { width: 80, text: "2011 - 2019", alignment: "right" }] },
      { ul: ["Planted eleven thousand larches", "Kept the fire roads open"] },
      { table: { widths: [80, 120], body: [["Chainsaw", "certified 2012"], ["First aid", "renewed 2023"]] } }] };
  const fonts = { Helvetica: { normal: "Helvetica", bold, italics: "Helvetica", bolditalics: bold } };
  let bytes;
  if (pdfmake.createPdf) { pdfmake.setFonts(fonts); bytes = await pdfmake.createPdf(definition).getBuffer(); }
  save("pdfmake-en.pdf", bytes);
}

await pdfLibForm();
await pdfLibHan();
await pdfKit("pdfkit-en.pdf", (doc) => {
  doc.fontSize(16).text("Odile Marchetti").fontSize(10).text("Violin maker, 555 0115, odile@example.com").moveDown();
  doc.text("Restores instruments of the baroque for five orchestras and two museums, and teaches varnishing each summer.", { width: 220, align: "justify" }).moveDown();
  doc.list(["Guild prize 2014", "Masters class of 2009"]);
});
await pdfKit("pdfkit-zh.pdf", (doc) => {
  doc.font(hanFont).fontSize(12).text("程雪落").text("会计 155 0000 0000").text("2014—2022 白鹭纺织有限公司").text("编制月报与年报，零差错").text("cheng@example.com");
}, { pdfVersion: "1.7" });
jsPdf();
await reactPdf();
await pdfMake();
