"""Where texts stand on a page: none over another, none out of what holds it."""

from playwright.sync_api import Locator

_TROUBLES = """part => {
    const cut = (a, b) => {
        const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)]
        const [right, bottom] = [Math.min(a.right, b.right), Math.min(a.bottom, b.bottom)]
        return {left, top, right, bottom}
    }
    const shows = box => box.right - box.left > 1 && box.bottom - box.top > 1
    const seen = (box, element) => {
        for (let e = element; e !== part; e = e.parentElement)
            if (getComputedStyle(e).overflowX !== 'visible')
                box = cut(box, e.getBoundingClientRect())
        return box
    }
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    const texts = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement, text = node.data.trim().slice(0, 60)
        if (!text || element.closest('style') || !element.checkVisibility()) continue
        const range = document.createRange()
        range.selectNodeContents(node)
        for (const rect of range.getClientRects()) {
            const box = seen(cut(rect, rect), element)
            if (shows(box)) texts.push({text, box, node})
        }
    }
    const edge = part.getBoundingClientRect().right
    const found = texts.filter(one => one.box.right > edge + 1).map(one => `out: ${one.text}`)
    // A line is a little less high than its letters' boxes: two lines of a text share an edge.
    const inner = box => ({...box, top: box.top + 2, bottom: box.bottom - 2})
    texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
        if (a.node !== b.node && shows(cut(inner(a.box), inner(b.box))))
            found.push(`over: ${a.text} | ${b.text}`)
    }))
    if (part.scrollWidth > part.clientWidth + 1)
        found.push(`wide: ${part.scrollWidth} in ${part.clientWidth}`)
    return [texts.length, found]
}"""


def troubles(part: Locator) -> list[str]:
    """List texts that cover each other or leave the part, and say if it is wider than its place."""
    number, found = part.evaluate(_TROUBLES)
    assert number > 0
    listed: list[str] = found
    return listed
