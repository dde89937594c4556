"""What the page's own style adds to Streamlit's: room for the review, and no gap around its parts."""

__all__ = ["PAGE_STYLE"]

PAGE_STYLE = """<style>
[data-testid="stHeader"] { background: transparent; height: 2.75rem; min-height: 0; pointer-events: none; }
[data-testid="stHeader"] div { pointer-events: none; }
[data-testid="stHeader"] button, [data-testid="stHeader"] a { pointer-events: auto; }
[data-testid="stStatusWidget"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 3rem 1rem .5rem; max-width: none; }
.st-key-start { max-width: 46rem; margin-inline: auto; }
[data-testid="stCaptionContainer"], [data-testid="stFileUploaderDropzone"] span { color: inherit; opacity: 1; }
[data-testid="stCaptionContainer"] p { opacity: .85; }
[data-testid="stMarkdownContainer"] blockquote {
  color: inherit; opacity: 1; padding-block: .1rem; margin-block: .25rem .5rem;
}
[data-testid="stMarkdownContainer"] blockquote p:last-child { margin-bottom: 0; }
[data-testid="stBaseButton-tertiary"] { justify-content: start; text-align: start; }
[data-testid="stBaseButton-tertiary"] p {
  text-decoration: underline rgb(128 128 128 / 70%); text-underline-offset: .25em; text-align: start;
}
[data-testid="stTopNavLinkContainer"] [data-testid="stIconMaterial"],
[data-testid="stTopNavLink"] [data-testid="stIconMaterial"] { color: inherit; }
button[data-variant][aria-checked="true"],
button[data-variant][aria-pressed="true"] { color: inherit !important; font-weight: 650; }
.fairterms-bars { display: grid; gap: .5rem; }
.fairterms-bars > * {
  display: grid; grid-template-columns: 14rem minmax(4rem, 1fr) 19rem; gap: .25rem 1rem; align-items: center;
}
.fairterms-bars span { overflow-wrap: anywhere; } .fairterms-bars i { height: 1.1rem; }
.fairterms-bars span:nth-child(2) { display: flex; }
.fairterms-bars span:nth-child(3) { font-size: .875rem; opacity: .85; }
.fairterms-bars .high { background: light-dark(#B3261E, #F5A9A3); }
.fairterms-bars .medium { background: light-dark(#8A5A00, #F0C05A); }
.fairterms-bars .low { background: light-dark(#3D5A80, #A3C2EA); }
.fairterms-sides { display: grid; border: 1px solid rgb(128 128 128 / 35%); border-radius: 8px; overflow: hidden; }
.fairterms-sides [role="row"] {
  display: grid; grid-template-columns: 1fr 1fr; border-top: 1px solid rgb(128 128 128 / 25%);
}
.fairterms-sides .head { border-top: 0; background: rgb(128 128 128 / 12%); }
.fairterms-sides [role="row"] > * { padding: .5rem .75rem; overflow-wrap: anywhere; min-width: 0; }
.fairterms-sides [role="row"] > * + * { border-left: 1px solid rgb(128 128 128 / 25%); }
.fairterms-sides p { margin: 0 0 .25rem; } .fairterms-sides .place { font-size: .85rem; opacity: .8; }
.fairterms-sides del { background: rgb(179 38 30 / 18%); } .fairterms-sides ins { background: rgb(30 107 58 / 20%); }
.fairterms-sides .badge { display: inline-block; font-size: .85rem; font-weight: 600; margin-right: .75rem; }
.st-key-wide { max-width: 60rem; margin-inline: auto; }
.st-key-start h1, .st-key-wide h1 { font-size: 2rem; }
.st-key-bar { min-height: 2.6rem; }
.st-key-bar [data-testid="stMarkdownContainer"], .st-key-bar p { margin: 0; }
.st-key-pages-holder, .st-key-work-holder, .st-key-why-holder {
  position: absolute; width: 0; height: 0; overflow: hidden;
}
.st-key-review-holder { gap: 0; }
:has(> .st-key-bar) ~ * .st-key-start { padding-top: 2rem; }
.st-key-rules-file textarea { font: 13px/1.5 ui-monospace, monospace; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-inline: .5rem; }
  .st-key-bar { gap: .5rem; }
  .st-key-bar > :has(> .st-key-bar-product) { display: none; }
  .st-key-bar > :has(> .st-key-bar-name), .st-key-bar-name { flex-basis: 100%; }
  .st-key-compare-pickers > * { flex-basis: 100%; }
  [class*="st-key-rules-row-"], [class*="st-key-home-row-"] { row-gap: 0; padding-bottom: .5rem; }
  [class*="st-key-rules-row-"] button, [class*="st-key-home-row-"] [data-testid="stBaseButton-tertiary"] {
    min-height: 0; padding-block: .25rem;
  }
  .fairterms-sides [role="row"] { grid-template-columns: 1fr; }
  .fairterms-bars > * { grid-template-columns: 1fr; padding-bottom: .25rem; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation-duration: .01ms !important; transition-duration: .01ms !important; }
}
</style>"""
