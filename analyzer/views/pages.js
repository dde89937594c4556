// Carries wishes for pictures of pages to Python, and the pictures back to the review beside it.
export default function ({ data, setTriggerValue }) {
  const stop = new AbortController();
  window.addEventListener("fairterms-want", (event) => setTriggerValue("want", event.detail), { signal: stop.signal });
  window.dispatchEvent(new CustomEvent("fairterms-pages", { detail: data }));
  return () => stop.abort();
}
