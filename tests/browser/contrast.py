"""How far texts stand out from their ground, as WCAG counts it."""

from playwright.sync_api import Page

ENOUGH = 4.5
"""What WCAG's level AA asks of texts."""

_COUNTING = """
    const channels = colour => {
        const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
        const context = canvas.getContext('2d')
        context.fillStyle = colour
        context.fillRect(0, 0, 1, 1)
        return [...context.getImageData(0, 0, 1, 1).data]
    }
    const over = (upper, lower) => [0, 1, 2].map(
        i => upper[i] * upper[3] / 255 + lower[i] * (1 - upper[3] / 255))
    const luminance = colour => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
        const c = colour[i] / 255
        return sum + weight * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    }, 0)
    const contrast = (ink, below) => {
        const [light, dark] = [luminance(ink), luminance(below)].sort((a, b) => b - a)
        return (light + 0.05) / (dark + 0.05)
    }
"""
_OF_TEXTS = f"""selector => {{{_COUNTING}
    const ground = element => {{
        const layers = []
        for (let e = element; e; e = e.parentElement)
            layers.unshift(channels(getComputedStyle(e).backgroundColor))
        return layers.reduce((lower, upper) => over(upper, lower), [255, 255, 255])
    }}
    return [...document.querySelectorAll(selector)].filter(e => e.offsetParent).map(element => {{
        const below = ground(element)
        const ink = over(channels(getComputedStyle(element).color), below)
        return [element.textContent, contrast(ink, below)]
    }})
}}"""
_OF_PICTURE = f"""([code, paper]) => {{{_COUNTING}
    const place = document.body.appendChild(document.createElement('div'))
    place.style = 'position:fixed; left:0; top:0; z-index:9999'
    place.innerHTML = code
    const picture = place.firstElementChild
    const size = picture.viewBox.baseVal
    picture.style = `width:${{size.width}}px; height:${{size.height}}px; max-width:none`
    const own = element => [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    const html = element => element.namespaceURI.endsWith('xhtml')
    const paint = element => getComputedStyle(element)[html(element) ? 'backgroundColor' : 'fill']
    const shape = element => html(element) || element.matches('rect,path,polygon,circle,ellipse')
    const ground = (x, y) => document.elementsFromPoint(x, y)
        .filter(e => picture.contains(e) && shape(e) && paint(e) !== 'none').reverse()
        .reduce((lower, e) => over(channels(paint(e)), lower), channels(paper).slice(0, 3))
    const found = [...picture.querySelectorAll('text, tspan, span, p, div')].filter(own)
        .map(element => {{
            const box = element.getBoundingClientRect()
            const below = ground(box.x + box.width / 2, box.y + box.height / 2)
            const colour = getComputedStyle(element)[html(element) ? 'color' : 'fill']
            return [element.textContent, contrast(over(channels(colour), below), below)]
        }})
    place.remove()
    return found
}}"""


def faint(page: Page, selector: str) -> list[tuple[str, float]]:
    """List the texts with a contrast below 4.5 to 1; there must be some text at all."""
    return _below(page.evaluate(_OF_TEXTS, selector), 20)


def faint_in_picture(page: Page, code: str, paper: str) -> list[tuple[str, float]]:
    """List the texts of an SVG that are faint on the shapes behind them, or on the paper."""
    return _below(page.evaluate(_OF_PICTURE, [code, paper]), 4)


def _below(ratios: list[tuple[str, float]], least: int) -> list[tuple[str, float]]:
    assert len(ratios) > least
    return [(text, ratio) for text, ratio in ratios if ratio < ENOUGH]
