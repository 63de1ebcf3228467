"""What a dumped frame says."""


def selection(frame):
    return frame["document"]["selection"]


def query(frame):
    return selection(frame).get("query")


def text(frame):
    return frame["document"]["text"]


def state(frame):
    """The document without what merely says who wrote it."""
    return {key: value for key, value in frame["document"].items() if key != "program"}


def edges(frame):
    return {r["key"]: r for r in frame.get("ribbons", []) if r["kind"] in ("edge", "cell")}
