// Carries what people decide to Python, and what was decided back to the review beside it.
export default function ({ data, setTriggerValue }) {
  const stop = new AbortController();
  window.addEventListener("fairterms-act", (event) => setTriggerValue("acts", event.detail), { signal: stop.signal });
  const tell = () => window.dispatchEvent(new CustomEvent("fairterms-work", { detail: data }));
  window.addEventListener("fairterms-work-asked", tell, { signal: stop.signal }); // the review may come up after this
  tell();
  return () => stop.abort();
}
