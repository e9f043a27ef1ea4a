// Comfort on every page. Nothing here is needed: each page works without it.
import './times.js';
import './copy.js';
import './menus.js';
import './review.js';
import './widths.js';
import './task.js';

document.documentElement.classList.add('js');
