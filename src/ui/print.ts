/** Drawings are as wide as the window lets them be; on paper they are shrunk to the width of a page. */

/** A4 and Letter, less the margins of print.css. */
const PAPER_PX = 700;

export function connectPrint(): void {
  window.addEventListener('beforeprint', () => {
    const centre = document.querySelector<HTMLElement>('.centre');
    const scale = centre ? Math.min(1, PAPER_PX / centre.clientWidth) : 1;
    document.documentElement.style.setProperty('--paper-scale', scale.toFixed(3));
  });
}
