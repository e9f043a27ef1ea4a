// Our own crowd-* elements, in place of the hosted ones (crowd-elements 1): a page's loader address
// is rewritten to this file, and nothing is fetched from elsewhere.
import { CrowdForm } from './form.js';
import * as inputs from './inputs.js';
import * as layout from './layout.js';
import * as classify from './classify.js';
import * as annotate from './annotate.js';
import * as segment from './segment.js';
import * as generate from './generate.js';
import { CrowdEntityAnnotation } from './entity.js';

// Forms first: they move what is in them before it is drawn.
const elements = [
  ['crowd-form', CrowdForm],
  ['crowd-input', inputs.CrowdInput],
  ['crowd-text-area', inputs.CrowdTextArea],
  ['crowd-checkbox', inputs.CrowdCheckbox],
  ['crowd-toggle-button', inputs.CrowdToggleButton],
  ['crowd-radio-group', inputs.CrowdRadioGroup],
  ['crowd-radio-button', inputs.CrowdRadioButton],
  ['crowd-slider', inputs.CrowdSlider],
  ['crowd-slider-label', inputs.CrowdSliderLabel],
  ['iron-icon', layout.IronIcon],
  ['crowd-button', layout.CrowdButton],
  ['crowd-icon-button', layout.CrowdIconButton],
  ['crowd-fab', layout.CrowdFab],
  ['crowd-tab', layout.CrowdTab],
  ['crowd-tabs', layout.CrowdTabs],
  ['crowd-modal', layout.CrowdModal],
  ['crowd-instructions', layout.CrowdInstructions],
  ['crowd-card', layout.CrowdCard],
  ['crowd-alert', layout.CrowdAlert],
  ['crowd-badge', layout.CrowdBadge],
  ['crowd-toast', layout.CrowdToast],
  ['crowd-classifier', classify.CrowdClassifier],
  ['crowd-classifier-multi-select', classify.CrowdClassifierMultiSelect],
  ['crowd-image-classifier', classify.CrowdImageClassifier],
  ['crowd-image-classifier-multi-select', classify.CrowdImageClassifierMultiSelect],
  ['crowd-bounding-box', annotate.CrowdBoundingBox],
  ['crowd-polygon', annotate.CrowdPolygon],
  ['crowd-polyline', annotate.CrowdPolyline],
  ['crowd-line', annotate.CrowdLine],
  ['crowd-keypoint', annotate.CrowdKeypoint],
  ['crowd-semantic-segmentation', segment.CrowdSemanticSegmentation],
  ['crowd-instance-segmentation', segment.CrowdInstanceSegmentation],
  ['crowd-entity-annotation', CrowdEntityAnnotation],
  ['crowd-text-ranking', generate.CrowdTextRanking],
  ['crowd-question-answer-generation', generate.CrowdQuestionAnswerGeneration],
  ['crowd-textract-analyze-document', generate.CrowdUnsupported],
  ['crowd-rekognition-detect-moderation-labels', classify.CrowdModerationLabels],
];

// When the page is read: until then its text is visible as it stands, and children are not there yet.
let begun = false;
function begin() {
  if (begun)
    return;
  begun = true;
  for (const [name, element] of elements)
    element.define(name);
  document.dispatchEvent(new Event('all-crowd-elements-ready'));
}

// A page may load the script twice, or a second generation of it.
if (!window.hitdCrowd) {
  Object.defineProperty(window, 'hitdCrowd', { value: true });
  if (document.readyState === 'loading')
    document.addEventListener('DOMContentLoaded', begin);
  else
    begin();
}
