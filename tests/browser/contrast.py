"""How far texts stand out from their ground, as WCAG counts it."""

from playwright.sync_api import Page

CONTRAST = """selector => {
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
    const ground = element => {
        const layers = []
        for (let e = element; e; e = e.parentElement)
            layers.unshift(channels(getComputedStyle(e).backgroundColor))
        return layers.reduce((lower, upper) => over(upper, lower), [255, 255, 255])
    }
    return [...document.querySelectorAll(selector)].filter(e => e.offsetParent).map(element => {
        const below = ground(element)
        const ink = over(channels(getComputedStyle(element).color), below)
        const [light, dark] = [luminance(ink), luminance(below)].sort((a, b) => b - a)
        return [element.textContent, (light + 0.05) / (dark + 0.05)]
    })
}"""


def faint(page: Page, selector: str) -> list[tuple[str, float]]:
    """List the texts with a contrast below 4.5 to 1; there must be some text at all."""
    ratios = page.evaluate(CONTRAST, selector)
    assert len(ratios) > 20
    return [(text, ratio) for text, ratio in ratios if ratio < 4.5]
