// Comfort on every page. Nothing here is needed: each page works without it.
import './times.js';
import './copy.js';
import './menus.js';
import './theme.js';
import './tables.js';
import './review.js';
import './widths.js';
import './find.js';
import './task.js';
import './kept.js';
import './upload.js';
import './preview.js';
import './live.js';
import './leave.js';

document.documentElement.classList.add('js');
