#!/usr/bin/env python3
"""Builds what the pages and reports are dressed with: static/scss, static/css and static/js into static/built.

Standard library only. Needs Node 20 or newer, from the system or from requirements-node.txt in the environment
of the Python that runs this. The third-party packages come by `npm ci`, checked against package-lock.json.

    static/built/web/portal/    style sheet, scripts, fonts and icons that the web server serves
    static/built/print-fonts/   the same typeface as TrueType, for the PDF renderer
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
BUILT = STATIC / "built"
MODULES = ROOT / "node_modules"
INSTALLED = MODULES / ".installed-from"
UNFINISHED = MODULES / ".built"
OLDEST_NODE = 20
WEB_FONT = "WOFF2/VF/SourceSans3VF-Upright.ttf.woff2"
PRINT_FONTS = ["Regular", "It", "Semibold", "Bold", "BoldIt"]


class BuildError(Exception):
    """Something a person can put right, said in one line."""


def run(command: list[str | Path], environment: dict[str, str], failure: str) -> None:
    """Run quietly; on failure raise one line that ends with the program's own last words."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise BuildError(f"{failure} ({' / '.join(said[:2]) or 'it gave no reason'})")


def find_node() -> Path:
    """The first Node new enough: the system's, or the one installed beside this Python."""
    for place in (None, str(Path(sys.executable).parent)):
        node = shutil.which("node", path=place)
        if node is None:
            continue
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
        if version.lstrip("v").split(".")[0].isdigit() and int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return Path(node)
    raise BuildError(
        f"Node {OLDEST_NODE} or newer is needed to build the style sheet: install it, or run "
        "pip install -r requirements-node.txt."
    )


def install_packages(node: Path, environment: dict[str, str]) -> None:
    """Bring node_modules to what package-lock.json says, if it is not there already."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == wanted:
        return
    npm = shutil.which("npm", path=str(node.parent)) or shutil.which("npm")
    if npm is None:
        raise BuildError("npm was not found beside Node: install it, or run pip install -r requirements-node.txt.")
    run(
        [npm, "ci", "--omit=optional", "--loglevel=error"],
        environment,
        "The design system could not be downloaded: check the connection to the npm registry and try again",
    )
    INSTALLED.write_text(wanted)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def build(node: Path, environment: dict[str, str]) -> None:
    """Write everything beside the old build, then put it in its place."""
    shutil.rmtree(UNFINISHED, ignore_errors=True)
    web, fonts = UNFINISHED / "web" / "portal", MODULES / "source-sans"
    govuk = MODULES / "govuk-frontend"
    ours = [*(STATIC / "js").glob("*.js"), *(STATIC / "css").glob("*.css"), *(STATIC / "images").iterdir()]
    for source in sorted(ours):
        copy(source, web / source.name)
    # The map is not shipped, so neither is the comment that names it: a static file may not refer to a missing one.
    script = (govuk / "dist/govuk/govuk-frontend.min.js").read_text()
    notice = "/*! GOV.UK Frontend. Copyright (c) 2017 Crown Copyright (Government Digital Service). MIT licence. */\n"
    (web / "govuk-frontend.min.js").write_text(notice + script.partition("//# sourceMappingURL=")[0] + "\n")
    copy(fonts / WEB_FONT, web / "fonts" / "source-sans-3.woff2")
    copy(fonts / "LICENSE.md", web / "fonts" / "source-sans-3.LICENSE.md")
    for style in PRINT_FONTS:
        copy(fonts / "TTF" / f"SourceSans3-{style}.ttf", UNFINISHED / "print-fonts" / f"SourceSans3-{style}.ttf")
    copy(fonts / "LICENSE.md", UNFINISHED / "print-fonts" / "LICENSE.md")
    run(
        [
            *(node, MODULES / "sass" / "sass.js", "--style=compressed", "--no-source-map", "--quiet-deps"),
            *(f"--load-path={MODULES}", STATIC / "scss" / "portal.scss", web / "portal.css"),
        ],
        environment,
        "The style sheet could not be built",
    )
    shutil.rmtree(BUILT, ignore_errors=True)
    UNFINISHED.rename(BUILT)


def main() -> int:
    try:
        node = find_node()
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        install_packages(node, environment)
        build(node, environment)
    except (BuildError, OSError) as error:
        print(f"build_assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
