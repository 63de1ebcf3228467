"""Another program on the same display, as far as the window meets one: it offers text on the clipboard, and drags files
onto a window (XDND, version 5). Xlib by ctypes, since nothing else that is installed with the tests can do either."""
import ctypes
import pathlib
import threading
import time

SELECTION_CLEAR, SELECTION_REQUEST, SELECTION_NOTIFY, CLIENT_MESSAGE = 29, 30, 31, 33
ATOM_ATOM, REPLACE = 4, 0


class ClientMessage(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]


class SelectionRequest(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("owner", ctypes.c_ulong), ("requestor", ctypes.c_ulong),
                ("selection", ctypes.c_ulong), ("target", ctypes.c_ulong), ("property", ctypes.c_ulong),
                ("time", ctypes.c_ulong)]


class SelectionNotify(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("requestor", ctypes.c_ulong), ("selection", ctypes.c_ulong),
                ("target", ctypes.c_ulong), ("property", ctypes.c_ulong), ("time", ctypes.c_ulong)]


class Event(ctypes.Union):
    _fields_ = [("type", ctypes.c_int), ("message", ClientMessage), ("request", SelectionRequest),
                ("notify", SelectionNotify), ("room", ctypes.c_long * 24)]


class Client:
    """A connection with an unmapped window of its own; answers whoever asks for what it offers."""

    def __init__(self, display):
        x = self.x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = ctypes.c_void_p
        x.XDefaultRootWindow.restype = x.XCreateSimpleWindow.restype = x.XInternAtom.restype = ctypes.c_ulong
        self.connection = ctypes.c_void_p(x.XOpenDisplay(display.name.encode()))
        assert self.connection.value, f"no connection to {display.name}"
        self.root = x.XDefaultRootWindow(self.connection)
        self.window = x.XCreateSimpleWindow(self.connection, ctypes.c_ulong(self.root), 0, 0, 1, 1, 0,
                                            ctypes.c_ulong(0), ctypes.c_ulong(0))
        self.offers = {}  # selection atom: {target atom: bytes}
        self.seen = []    # names of client messages that came
        self.lock = threading.Lock()
        self.running = True
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.x.XCloseDisplay(self.connection)

    def atom(self, name):
        return self.x.XInternAtom(self.connection, name.encode(), 0)

    def offer_text(self, content):
        """Puts bytes on the clipboard, which the others take for UTF-8, whatever they are."""
        with self.lock:
            clipboard = self.atom("CLIPBOARD")
            self.offers[clipboard] = {self.atom("UTF8_STRING"): content}
            self.x.XSetSelectionOwner(self.connection, ctypes.c_ulong(clipboard), ctypes.c_ulong(self.window),
                                      ctypes.c_ulong(0))
            self.x.XSync(self.connection, 0)

    def drop(self, paths, target, x=400, y=300):
        """Drags files over a window and lets go. Waits until the window says that it has them."""
        uris = "".join(pathlib.Path(path).resolve().as_uri() + "\r\n" for path in paths).encode()
        with self.lock:
            kind, selection = self.atom("text/uri-list"), self.atom("XdndSelection")
            self.offers[selection] = {kind: uris}
            self.x.XSetSelectionOwner(self.connection, ctypes.c_ulong(selection), ctypes.c_ulong(self.window),
                                      ctypes.c_ulong(0))
            self._send(target, "XdndEnter", [self.window, 5 << 24, kind, 0, 0])
            self._send(target, "XdndPosition", [self.window, 0, x << 16 | y, 0, self.atom("XdndActionCopy")])
        self._wait_for("XdndStatus")
        with self.lock:
            self._send(target, "XdndDrop", [self.window, 0, 0, 0, 0])
        self._wait_for("XdndFinished")

    def _send(self, target, name, data):
        event = Event()
        event.message = ClientMessage(CLIENT_MESSAGE, 0, 1, self.connection, target, self.atom(name), 32,
                                      (ctypes.c_long * 5)(*data))
        self.x.XSendEvent(self.connection, ctypes.c_ulong(target), 0, ctypes.c_long(0), ctypes.byref(event))
        self.x.XSync(self.connection, 0)

    def _wait_for(self, name, patience_secs=30):
        end = time.monotonic() + patience_secs
        while name not in self.seen:
            assert time.monotonic() < end, f"the window never sent {name}; it sent {self.seen}"
            time.sleep(0.01)

    def _serve(self):
        names = {self.atom(name): name for name in ("XdndStatus", "XdndFinished")}
        event = Event()
        while self.running:
            with self.lock:
                while self.x.XPending(self.connection):
                    self.x.XNextEvent(self.connection, ctypes.byref(event))
                    if event.type == SELECTION_REQUEST:
                        self._answer(event.request)
                    elif event.type == CLIENT_MESSAGE and event.message.message_type in names:
                        self.seen.append(names[event.message.message_type])
            time.sleep(0.005)

    def _answer(self, request):
        offer = self.offers.get(request.selection, {})
        content, kind, form = offer.get(request.target), request.target, 8
        if request.target == self.atom("TARGETS"):
            atoms = (ctypes.c_long * len(offer))(*offer)
            content, kind, form = bytes(atoms), ATOM_ATOM, 32
        if content is not None:
            self.x.XChangeProperty(self.connection, ctypes.c_ulong(request.requestor), ctypes.c_ulong(request.property),
                                   ctypes.c_ulong(kind), form, REPLACE, content,
                                   len(content) // (ctypes.sizeof(ctypes.c_long) if form == 32 else 1))
        answer = Event()
        answer.notify = SelectionNotify(SELECTION_NOTIFY, 0, 1, self.connection, request.requestor, request.selection,
                                        request.target, request.property if content is not None else 0, request.time)
        self.x.XSendEvent(self.connection, ctypes.c_ulong(request.requestor), 0, ctypes.c_long(0),
                          ctypes.byref(answer))
        self.x.XSync(self.connection, 0)
