"""Hold the house's sizes: modules up to 400 lines, functions up to 40 (architecture.md)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

MODULE, FUNCTION, TABLE = 400, 40, 250


def main() -> int:
    """Print every module, function and mapping file that is too long; exit 1 if there is one."""
    root = Path(__file__).resolve().parents[1]
    found = []
    for path in sorted((root / "converter").rglob("*.py")):
        text = path.read_text("utf-8")
        lines = text.count("\n")
        if lines > MODULE:
            found.append(f"{path.relative_to(root)}: {lines} lines, {MODULE} allowed")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > FUNCTION:
                    found.append(
                        f"{path.relative_to(root)}:{node.lineno}: {node.name} has {size} lines, {FUNCTION} allowed"
                    )
    for path in sorted((root / "mappings" / "observations").glob("*.toml")):
        lines = path.read_text("utf-8").count("\n")
        if lines > TABLE:
            found.append(f"{path.relative_to(root)}: {lines} lines, {TABLE} allowed")
    print("\n".join(found) or "sizes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
