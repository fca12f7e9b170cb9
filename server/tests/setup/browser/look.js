// What is wrong with how the page looks: texts that are hard to read, and things that are too small to hit.
const found = [];
const parsed = text => text.match(/[\d.]+/g).map(Number);
const shine = ([r, g, b]) => {
  const one = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return 0.2126 * one(r) + 0.7152 * one(g) + 0.0722 * one(b);
};
const ground = element => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parsed(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const contrast = (one, other) => {
  const [high, low] = [shine(one), shine(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
for (const element of document.body.querySelectorAll("*")) {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (!box.width || style.visibility === "hidden" || element.closest(".unseen")) continue;
  const name = `${element.tagName} ${element.textContent.trim().slice(0, 30)}`;
  const says = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (says && contrast(parsed(style.color), ground(element)) < 4.5) found.push(`hard to read: ${name}`);
  if (element.matches("input, select, textarea") && contrast(parsed(style.borderColor), ground(element.parentElement)) < 3)
    found.push(`hard to see: ${name}`);
  const isAlone = element.matches("button, .button, input, select, textarea, summary, nav a, .choices a");
  if (isAlone && (box.height < 43.9 || box.width < 43.9)) found.push(`too small: ${name} ${box.width}x${box.height}`);
  if (element.matches("input:not([type=hidden]), select, textarea") && !element.labels.length) found.push(`no label: ${name}`);
  for (const id of (element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean))
    if (!document.getElementById(id)) found.push(`nothing is called ${id}`);
}
const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
if (new Set(ids).size !== ids.length) found.push(`two have one id: ${ids}`);
return found;
