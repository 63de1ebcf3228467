"""The window by mouse, or by nothing at all."""
import subprocess
import time

from driver import PATIENCE_SECS, Program, require
from dumped_frame import edges, selection


def nothing_touched(binary, display, folder):
    """Who starts the program and only looks sees the picture: no key and no mouse must bring it."""
    with Program(binary, display, folder) as program:
        subprocess.run([require("xdotool"), "mousemove", "0", str(display.height - 1)], env=program.environment,
                       check=True)
        end = time.monotonic() + PATIENCE_SECS
        while len(display.colors(300, 150, 700, 400)) < 50:
            assert program.alive() and time.monotonic() < end, "the stage stays empty"
            time.sleep(0.2)


def heads_by_mouse(binary, display, folder):
    """A drag over the grid takes all heads between its corners; clicks too quick for a frame count."""
    def mouse(program, *steps):
        subprocess.run([require("xdotool"), *" ".join(steps).split()], env=program.environment, check=True)

    with Program(binary, display, folder) as program:
        program.wait("the first picture", lambda f: len(f["tokens"]) > 2 and edges(f))
        # Tiles of 18 pixels, 22 apart, in rows of 40 (1280×720).
        tile = {(layer, head): f"{53 + 22 * head} {101 + 40 * layer}" for layer in range(4) for head in range(8)}
        mouse(program, "mousemove", tile[1, 1])
        time.sleep(0.3)
        mouse(program, "mousedown 1")
        time.sleep(0.3)  # a drag begins where the mouse is in the frame that sees it pressed
        for head in range(1, 5):
            mouse(program, "mousemove", tile[2, head])
            time.sleep(0.1)
        mouse(program, "mouseup 1")
        wanted = [f"{layer}.{head}" for layer in (1, 2) for head in range(1, 5)]
        program.wait("the heads between two corners", lambda f: selection(f)["heads"] == wanted)
        for layer, head in [(0, 0), (3, 7), (1, 2)]:
            mouse(program, "mousemove", tile[layer, head])
            time.sleep(0.3)
            mouse(program, "mousedown 1 mouseup 1")
            program.wait(f"a quick click on head {layer}.{head}",
                         lambda f, layer=layer, head=head: selection(f)["heads"] == [f"{layer}.{head}"])
