"""One invented report as a structure, and what writes it in each format that is read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

Block = tuple[str, object]
"""("h", heading), ("p", words), ("list", items), ("table", (caption, rows)) or ("figure", caption); ^{9} is raised."""

TITLE = "A Fishhook in the Portal Vein: A Case Report"
DOI = "10.12345/nmj.2021.07"
REPORT: tuple[Block, ...] = (
    ("h", "Introduction"),
    ("p", "Swallowed hooks are common among anglers, and most of them pass without harm.^{1} Migration into a vein is rare, and it was fatal in 20% of the published cases."),
    ("h", "Case report"),
    ("p", "A 58-year-old man was admitted with fever and pain in the right upper abdomen for six days. He had type 2 diabetes mellitus and hypertension, and he took metformin 500 mg twice daily. He denied vomiting and weight loss. His father had died of colon cancer."),
    ("p", "On admission his temperature was 38.9 °C, his pulse was 112/min and his blood pressure was 98/61 mmHg. On examination the abdomen was tender in the right upper quadrant, without guarding. There was no jaundice."),
    ("p", "Laboratory tests showed a white blood cell count of 17.4 × 10^{9}/L, a C-reactive protein of 21.3 mg/dL (reference range, 0-0.5) and an alanine aminotransferase of 88 U/L. Serum creatinine was 1.1 mg/dL. The results of the following days are given in Table 1."),
    ("table", ("Table 1. Laboratory results", (("Test", "Day 1", "Day 4", "Day 9"), ("Hemoglobin (g/dL)", "12.1", "11.4", "11.9"), ("Platelets (×10^{9}/L)", "96", "143", "305"), ("Total bilirubin (mg/dL)", "1.9", "1.2", "0.8")))),
    ("p", "Contrast-enhanced computed tomography of the abdomen on the day of admission demonstrated a linear metallic foreign body of 23 mm in the main portal vein and a thrombus of its right branch (Fig. 1). No liver abscess was seen, and there was no pneumoperitoneum. Ultrasonography confirmed the absence of flow in the right portal vein."),
    ("figure", "Figure 1. Computed tomography of the abdomen shows the foreign body in the main portal vein (arrow)."),
    ("p", "Blood cultures grew Escherichia coli. The patient was treated with"),
    ("list", ("ceftriaxone 2 g intravenously once daily", "metronidazole 500 mg intravenously three times a day", "enoxaparin 60 mg subcutaneously twice daily")),
    ("p", "On day 3 the hook was removed by laparotomy. The postoperative course was uneventful, and he was discharged on day 12. Three months later a follow-up computed tomography showed recanalization of the portal vein. There was no recurrence of fever."),
    ("h", "Discussion"),
    ("p", "Pylephlebitis follows appendicitis and diverticulitis in most patients.^{2} In a series of 95 patients the mortality was 11%. Anticoagulation is still a matter of debate."),
    ("h", "References"),
    ("list", ("Angler A. Hooks and veins. Nowhere Med J 2001;3:12-15.", "Reel B. Septic thrombosis. Elsewhere J 2011;8:77-81.")),
)  # fmt: skip
RAISED = re.compile(r"\^\{([^}]*)\}")


def raised(text: str, before: str, after: str) -> str:
    """Write raised numbers between two marks."""
    return RAISED.sub(lambda m: f"{before}{m.group(1)}{after}", text)


def _flat(text: str) -> str:
    """Write as a plain text does: powers after a caret, citations in brackets."""
    return RAISED.sub(
        lambda m: f"^{m.group(1)}" if m.string[m.start() - 1].isdigit() else f"[{m.group(1)}]", text
    )


def txt() -> bytes:
    """Write plain text."""
    parts = [TITLE]
    for kind, content in REPORT:
        if kind == "list":
            parts.append("\n".join(f"• {item}" for item in content))
        elif kind == "table":
            caption, rows = content
            parts.append("\n".join([caption, *(" | ".join(map(_flat, row)) for row in rows)]))
        else:
            parts.append(_flat(str(content)))
    return "\n\n".join(parts).encode() + b"\n"


def md() -> bytes:
    """Write Markdown with a table, emphasis and links."""
    parts = [f"---\ntitle: {TITLE}\ndoi: {DOI}\n---", f"# {TITLE}"]
    for kind, content in REPORT:
        if kind == "h":
            parts.append(f"## {content}")
        elif kind == "list":
            parts.append("\n".join(f"- {item}" for item in content))
        elif kind == "table":
            caption, rows = content
            lines = ["| " + " | ".join(raised(c, "<sup>", "</sup>") for c in row) + " |" for row in rows]
            parts += [f"**{caption}**", "\n".join([lines[0], "|---|:-:|--:|---|", *lines[1:]])]
        elif kind == "figure":
            parts.append(f"![CT of the abdomen](ct.png)\n*{content}*")
        else:
            text = raised(str(content), "^", "^").replace("Escherichia coli", "*Escherichia coli*")
            parts.append(
                text.replace("type 2 diabetes", "**type 2** diabetes").replace("Table 1.", "[Table 1](#t1).")
            )
    return "\n\n".join(parts).encode() + b"\n"


def html() -> bytes:
    """Write a saved journal page with what stands around the article."""
    parts = [f"<h1>{escape(TITLE)}</h1>"]
    for kind, content in REPORT:
        if kind == "h":
            parts.append(f"<h2>{content}</h2>")
        elif kind == "list":
            items = "".join(f"<li>{escape(item)}</li>" for item in content)
            parts.append(f"<ul>{items}</ul>")
        elif kind == "table":
            caption, rows = content
            cells = ("".join(f"<td>{raised(c, '<sup>', '</sup>')}</td>" for c in row) for row in rows)
            parts.append(
                f"<table><caption>{caption}</caption>{''.join(f'<tr>{c}</tr>' for c in cells)}</table>"
            )
        elif kind == "figure":
            parts.append(f"<figure><img src='a.png'><figcaption>{content}</figcaption></figure>")
        else:
            parts.append(f"<p>{raised(escape(str(content)), '<sup>', '</sup>')}</p>")
    head = f'<meta charset="utf-8"><title>{TITLE} | Nowhere</title><meta name="citation_doi" content="{DOI}">'
    page = f'<nav><a href="/">Sepsis unit</a></nav><main><article>{"".join(parts)}</article></main><footer>Ask a doctor</footer>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{page}</body></html>".encode()


def jats() -> bytes:
    """Write JATS."""
    meta = f'<article-id pub-id-type="doi">{DOI}</article-id><title-group><article-title>{TITLE}</article-title></title-group>'
    out, sections = "", []
    for kind, content in REPORT[:-2]:
        if kind == "h":
            sections.append(f"<title>{content}</title>")
            continue
        if kind == "list":
            items = "".join(f"<list-item><p>{item}</p></list-item>" for item in content)
            out = f"<list>{items}</list>"
        elif kind == "table":
            caption, rows = content
            label, _, words = caption.partition(". ")
            cells = ("".join(f"<td>{raised(c, '<sup>', '</sup>')}</td>" for c in row) for row in rows)
            table = "".join(f"<tr>{c}</tr>" for c in cells)
            out = f"<table-wrap><label>{label}</label><caption><p>{words}</p></caption><table>{table}</table></table-wrap>"
        elif kind == "figure":
            label, _, words = str(content).partition(". ")
            out = f"<fig><label>{label}.</label><caption><p>{words}</p></caption></fig>"
        else:
            text = re.sub(
                r"\.\^\{(\d)\}", r'.<sup><xref ref-type="bibr" rid="r\1">\1</xref></sup>', str(content)
            )
            out = f"<p>{raised(text, '<sup>', '</sup>')}</p>"
        sections[-1] += out
    body = "".join(f"<sec>{section}</sec>" for section in sections)
    refs = "".join(f"<ref><mixed-citation>{r}</mixed-citation></ref>" for r in REPORT[-1][1])
    return (
        f'<article article-type="case-report"><front><article-meta>{meta}</article-meta></front><body>{body}</body>'
        f"<back><ref-list>{refs}</ref-list></back></article>"
    ).encode()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx() -> bytes:
    """Write a Word document."""

    def runs(text: str) -> str:
        out = []
        for number, piece in enumerate(re.split(r"\^\{([^}]*)\}", text)):
            high = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>' if number % 2 else ""
            out.append(f'<w:r>{high}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>')
        return "".join(out)

    def paragraph(text: str, style: str = "", numbered: bool = False) -> str:
        kept = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:numPr/>" if numbered else "")
        return f"<w:p><w:pPr>{kept}</w:pPr>{runs(text)}</w:p>"

    parts = [paragraph(TITLE, "Title")]
    for kind, content in REPORT:
        if kind == "list":
            parts += [paragraph(item, "ListParagraph", True) for item in content]
        elif kind == "table":
            caption, rows = content
            cells = ("".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) for row in rows)
            parts += [
                paragraph(caption, "Caption"),
                f"<w:tbl>{''.join(f'<w:tr>{c}</w:tr>' for c in cells)}</w:tbl>",
            ]
        else:
            parts.append(paragraph(str(content), {"h": "Heading1", "figure": "Caption"}.get(kind, "")))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        xml = f'<w:document xmlns:w="{WORD}"><w:body>{"".join(parts)}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
    return buffer.getvalue()


def rtf() -> bytes:
    """Write RTF as word processors do."""

    def words(text: str) -> str:
        text = raised(text.replace("\\", "\\\\"), r"{\super ", "}")
        return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)

    parts = [rf"\pard\qc\b\fs36 {words(TITLE)}\b0\par"]
    for kind, content in REPORT:
        if kind == "list":
            parts += [rf"\pard{{\pntext\f1\'b7\tab}}\u8226? {words(item)}\par" for item in content]
        elif kind == "table":
            caption, rows = content
            parts.append(rf"\pard {words(caption)}\par")
            for row in rows:
                edges = "".join(rf"\cellx{2000 * (i + 1)}" for i in range(len(row)))
                parts.append(
                    rf"\trowd{edges} " + "".join(rf"\pard\intbl {words(c)}\cell" for c in row) + r"\row"
                )
        else:
            bold = r"\b " if kind == "h" else ""
            parts.append(rf"\pard\plain{bold} {words(str(content))}\b0\par")
    fonts = r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fcharset2 Symbol;}}"
    head = rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}{{\info{{\title Draft}}}}{{\header\pard Running head\par}}"
    return (head + "\n".join(parts) + "}").encode("ascii")


def pdf() -> bytes:
    """Write a PDF in two columns, with running heads and page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=9, leading=11, alignment=4, spaceAfter=6)
    bold = ParagraphStyle(
        "bold", fontName="Helvetica-Bold", fontSize=11, leading=14, spaceBefore=4, spaceAfter=4
    )
    title = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=10)

    def furniture(canvas: object, document: object) -> None:
        canvas.setFont("Helvetica", 7)  # type: ignore[attr-defined]
        canvas.drawString(60, 815, "Nowhere Med J 2021;7:1-9")  # type: ignore[attr-defined]
        canvas.drawCentredString(297, 25, str(document.page))  # type: ignore[attr-defined]

    story: list[Flowable] = [Paragraph(escape(TITLE), title)]
    for kind, content in REPORT:
        if kind == "list":
            story += [Paragraph(f"• {escape(item)}", body) for item in content]
        elif kind == "table":
            caption, rows = content
            cells = [[Paragraph(raised(c, "<super>", "</super>"), body) for c in row] for row in rows]
            story.append(
                KeepTogether(
                    [Paragraph(caption, body), Table(cells, colWidths=[110, 42, 42, 42]), Spacer(1, 6)]
                )
            )
        else:
            style = bold if kind == "h" else body
            story.append(Paragraph(raised(escape(str(content)), "<super>", "</super>"), style))
    buffer = io.BytesIO()
    document = BaseDocTemplate(buffer, pagesize=A4, title=TITLE, invariant=True)
    frames = [Frame(50, 400, 242, 390, id="left"), Frame(303, 400, 242, 390, id="right")]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    document.build(story)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "txt": txt, "md": md, "html": html, "xml": jats, "docx": docx, "rtf": rtf, "pdf": pdf,
}  # fmt: skip
