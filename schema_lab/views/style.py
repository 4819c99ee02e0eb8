"""The one style sheet: every rule stays under `.schema-lab`, every colour follows the theme.

JupyterLab and nbconvert set `--jp-*`, VS Code sets `--vscode-*`; elsewhere a colour is a mid-tone
mixed with the ink of the page, which reads on white and on black. An untrusted notebook strips
the sheet: symbols, headings and tables carry the meaning without it.
"""

_COLOURS = {
    "ink": "var(--jp-content-font-color0,var(--vscode-foreground,currentColor))",
    "line": "var(--jp-border-color2,color-mix(in srgb,currentColor 22%,transparent))",
    "field": "var(--jp-cell-editor-background,color-mix(in srgb,currentColor 5%,transparent))",
    "good": "var(--jp-success-color1,#2e8b57)",
    "bad": "var(--jp-error-color1,#d9463e)",
    "warn": "var(--jp-warn-color1,#d98200)",
    "brand": "var(--jp-brand-color1,#2680d9)",
    "mono": "var(--jp-code-font-family,var(--vscode-editor-font-family,monospace))",
}

# pygments' short token classes, by the editor colour that the theme gives to them
_TOKENS = {
    "keyword": ("#3f7f3f", (".k", ".kn", ".kd", ".kr", ".kt", ".ow")),
    "atom": ("#5c6bc0", (".kc",)),
    "string": ("#c0504d", (".s", ".s1", ".s2", ".sa", ".sd", ".se", ".si", ".ss", ".sb")),
    "number": ("#3f8f3f", (".m", ".mi", ".mf", ".mh", ".mo")),
    "comment": ("#5f8f8f", (".c", ".c1", ".cm", ".ch")),
    "def": ("#4a7fd0", (".nf", ".nc", ".fm")),
    "builtin": ("#3f7f3f", (".nb", ".bp")),
    "operator": ("#9a5fd0", (".o",)),
}


def _ink(colour: str) -> str:
    """Draw a theme's colour towards the ink until text in it has contrast on both themes."""
    return f"color-mix(in srgb,{colour} 62%,var(--sl-ink))"


def _token_rules() -> str:
    return "\n".join(
        f"{','.join(f'.schema-lab .highlight {c}' for c in classes)}"
        f"{{color:{_ink(f'var(--jp-mirror-editor-{name}-color,{fallback})')};"
        f"font-weight:{'600' if name == 'keyword' else '400'};font-style:normal}}"
        for name, (fallback, classes) in _TOKENS.items()
    )


def _variables() -> str:
    return ";".join(f"--sl-{name}:{value}" for name, value in _COLOURS.items())


BASE = f"""
.schema-lab{{{_variables()};color:var(--sl-ink);line-height:1.5;
font-family:var(--jp-content-font-family,inherit);font-size:var(--jp-ui-font-size1,13px)}}
.schema-lab p{{margin:0 0 .35em}}
.schema-lab .sl-lead{{font-weight:600}}
.schema-lab .sl-muted{{color:color-mix(in srgb,var(--sl-ink) 66%,transparent)}}
.schema-lab .sl-mono,.schema-lab .sl-facts code,.schema-lab td code,.schema-lab p code{{
font-family:var(--sl-mono);font-size:.95em;background:none;color:inherit;padding:0;overflow-wrap:anywhere}}
.schema-lab ul.sl-operations{{list-style:none;margin:0 0 .5em;padding:0}}
.schema-lab ul.sl-operations li{{margin:0 0 2px;padding:3px 10px 3px 2.6em;text-indent:-1.6em;
border-left:3px solid var(--sl-tone);font-family:var(--sl-mono);overflow-wrap:anywhere;
background:color-mix(in srgb,var(--sl-tone) 9%,transparent)}}
.schema-lab .sl-good{{--sl-tone:var(--sl-good)}}
.schema-lab .sl-bad{{--sl-tone:var(--sl-bad)}}
.schema-lab .sl-warn{{--sl-tone:var(--sl-warn)}}
.schema-lab .sl-plain{{--sl-tone:var(--sl-brand)}}
.schema-lab .sl-symbol{{display:inline-block;width:1.6em;text-indent:0;font-weight:700;
color:{_ink("var(--sl-tone)")}}}
.schema-lab .sl-badge{{display:inline-block;padding:0 9px;border-radius:10px;white-space:nowrap;
font-size:.92em;color:{_ink("var(--sl-tone)")};
border:1px solid color-mix(in srgb,var(--sl-tone) 45%,transparent);
background:color-mix(in srgb,var(--sl-tone) 12%,transparent)}}
.schema-lab .sl-facts{{display:flex;flex-wrap:wrap;gap:4px 22px;align-items:baseline;margin:0}}
.schema-lab .sl-facts div{{margin:0}}
.schema-lab .sl-scroll{{overflow-x:auto;max-width:100%}}
.schema-lab table{{border-collapse:collapse;margin:0 0 .5em;border:0;font-size:1em;color:inherit}}
.schema-lab caption{{text-align:left;caption-side:top;padding:0 0 4px;color:inherit}}
.schema-lab th,.schema-lab td{{text-align:left;padding:3px 14px 3px 6px;border:0;vertical-align:top;
border-bottom:1px solid var(--sl-line);white-space:pre;max-width:34em;overflow:hidden;
text-overflow:ellipsis}}
.schema-lab th{{font-weight:600;border-bottom-width:2px}}
.schema-lab tbody tr{{background:none}}
.schema-lab .sl-number{{text-align:right;font-variant-numeric:tabular-nums}}
.schema-lab .sl-null{{font-style:italic;color:color-mix(in srgb,var(--sl-ink) 60%,transparent)}}
.schema-lab .sl-box{{border-left:3px solid var(--sl-tone);padding:7px 12px;border-radius:2px;
background:color-mix(in srgb,var(--sl-tone) 9%,transparent)}}
.schema-lab .sl-box p:last-child,.schema-lab .sl-box ul{{margin-bottom:0}}
.schema-lab details{{margin:.2em 0}}
.schema-lab summary{{cursor:pointer;padding:2px 0}}
"""

CODE = f"""
.schema-lab .highlight{{background:var(--sl-field);border:1px solid var(--sl-line);
border-radius:3px;margin:0 0 .4em;overflow-x:auto}}
.schema-lab .highlight pre{{margin:0;padding:8px 12px;line-height:1.45;white-space:pre;
font-family:var(--sl-mono);font-size:calc(var(--jp-code-font-size,13px)*.93);color:var(--sl-ink);
background:none;border:0;overflow:visible}}
{_token_rules()}
"""

PANEL = (
    BASE
    + CODE
    + """
.schema-lab.sl-panel{container-type:inline-size;max-width:980px;box-sizing:border-box;margin:2px;
padding:4px 16px 14px;border:1px solid var(--sl-line);border-radius:6px;overflow:hidden}
.schema-lab .sl-section{padding:12px 0 0;gap:8px}
.schema-lab .sl-section+.sl-section{margin-top:6px}
.schema-lab .sl-row{gap:8px 10px}
.schema-lab .sl-row>.sl-wide{flex:1 1 240px}
.schema-lab .sl-heading{font-weight:600;font-size:1.08em;padding:8px 0 0;
border-top:1px solid var(--sl-line)}
.schema-lab .widget-html,.schema-lab .widget-html-content{height:auto;line-height:1.5;
overflow:visible;align-self:stretch;max-width:100%}
.schema-lab .widget-tab,.schema-lab .jupyter-widgets.widget-tab{margin:0;max-width:100%}
.schema-lab .widget-tab>.widget-tab-contents{padding:8px 0 0;border:0;background:none;
overflow:visible}
.schema-lab .widget-tab>.lm-TabBar .lm-TabBar-content{flex-wrap:wrap}
.schema-lab .widget-tab>.lm-TabBar .lm-TabBar-tab{flex:0 0 auto;min-width:0;padding:0 14px;
color:var(--sl-ink)}
.schema-lab .widget-checkbox{height:auto}
.schema-lab .widget-label{width:auto;min-width:58px;text-align:left;color:var(--sl-ink)}
.schema-lab .jupyter-button{padding:0 12px;border-radius:3px}
.schema-lab .jupyter-button.mod-primary{color:#fff;
background:color-mix(in srgb,var(--sl-brand) 82%,#000)}
.schema-lab .jupyter-button:focus-visible,.schema-lab summary:focus-visible{
outline:2px solid var(--sl-brand);outline-offset:1px}
.schema-lab .widget-checkbox .widget-label-basic,.schema-lab .widget-checkbox label{
white-space:normal;height:auto;line-height:1.4}
"""
)
