#!/usr/bin/env python3
"""Holds every #include in src/ against the module lines of CMakeLists.txt.

A module may include itself and the modules its line DEPENDS on. OpenGL, GLFW and EGL are met in src/render alone,
Dear ImGui in src/ui and src/render. Prints each forbidden include and exits with 1 when there is one.
"""
import pathlib
import re
import sys

GRAPHICS = re.compile(r"^(glad/|GL/|GLFW/|EGL/|KHR/)")
IMGUI = re.compile(r"^(imgui|backends/imgui|misc/cpp/imgui)")


def allowed_modules(cmake_text):
    lines = re.findall(r"^headscope_module\((\w+)\s*(?:DEPENDS((?:\s+[a-z]+)+))?", cmake_text, re.M)
    return {name: {name, *depends.split()} for name, depends in lines}


def faults(root):
    allowed = allowed_modules((root / "CMakeLists.txt").read_text())
    folders = {p.name for p in (root / "src").iterdir() if p.is_dir()}
    for folder in sorted(folders - allowed.keys()):
        yield f"src/{folder} has no headscope_module line"
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp", ".inl"}:
            continue
        module = path.relative_to(root / "src").parts[0]
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            target = match.group(1)
            where = f"{path.relative_to(root)}:{number}: includes {target}"
            if GRAPHICS.match(target) and module != "render":
                yield f"{where}; OpenGL, GLFW and EGL belong in src/render"
            if IMGUI.match(target) and module not in {"ui", "render"}:
                yield f"{where}; Dear ImGui belongs in src/ui and src/render"
            first = target.split("/")[0]
            if "/" in target and first in folders and first not in allowed.get(module, {module}):
                yield f"{where}; {module} may include {', '.join(sorted(allowed[module]))}"
            # The export module draws through the renderer's interface, never through a back end.
            if module == "export" and first == "render" and target != "render/renderer.h" and "vector/" not in target:
                yield f"{where}; export sees render/renderer.h and render/vector/ alone"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(faults(root))
    print("\n".join(found) if found else "every include follows the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
