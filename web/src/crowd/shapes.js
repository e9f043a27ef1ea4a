// Kinds of shapes on an image (crowd-elements 5.2): how each is begun, moved, drawn and answered.
// A shape is {label, points: [{x, y}…]}; a box has two points, its corners.
import { svg } from './base.js';

const two = (shape) => {
  const [a, b] = shape.points;
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y),
           width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
};
const vertices = (shape) => ({ label: shape.label, vertices: shape.points.map(({ x, y }) => ({ x, y })) });
const fromVertices = (given) => ({ label: given.label, points: given.vertices.map(({ x, y }) => ({ x, y })) });
const line = { fill: 'none', 'stroke-width': 3, 'vector-effect': 'non-scaling-stroke' };
const list = (shape) => shape.points.map((p) => `${p.x},${p.y}`).join(' ');
const middle = (size) => ({ x: Math.round(size.width / 2), y: Math.round(size.height / 2) });

// key: of the answer; least, most: points of a finished shape; plain(size): one put by keyboard.
export const kinds = {
  box: {
    key: 'boundingBoxes', words: 'box', least: 2, most: 2, drag: true,
    hint: 'Choose a label, then draw a box: press at one corner, let go at the other.',
    fine: (s) => two(s).width >= 1 && two(s).height >= 1,
    draw: (s, color) => svg('rect', { ...numbers(two(s)), ...line, stroke: color, fill: color, 'fill-opacity': 0.12 }),
    answer: (s) => ({ ...two(s), label: s.label }),
    from: (g) => ({ label: g.label, points: [{ x: g.left, y: g.top }, { x: g.left + g.width, y: g.top + g.height }] }),
    plain: (size) => [{ x: Math.round(size.width * 0.4), y: Math.round(size.height * 0.4) },
                      { x: Math.round(size.width * 0.6), y: Math.round(size.height * 0.6) }],
  },
  polygon: {
    key: 'polygons', words: 'polygon', least: 3, most: Infinity, closed: true, labelEachTime: true,
    hint: 'Choose a label, then press at each corner; press at the first again, or Enter, to close it.',
    fine: (s) => !crossesItself(s.points),
    why: 'The edges of a polygon must not cross.',
    draw: (s, color) => svg('polygon', { points: list(s), ...line, stroke: color, fill: color, 'fill-opacity': 0.15 }),
    answer: vertices, from: fromVertices,
    plain: (size) => [[0.5, 0.35], [0.65, 0.65], [0.35, 0.65]].map(([x, y]) =>
      ({ x: Math.round(size.width * x), y: Math.round(size.height * y) })),
  },
  polyline: {
    key: 'polylines', words: 'line', least: 2, most: Infinity,
    hint: 'Choose a label, then press at each point; press at the last again, or Enter, to end it.',
    fine: () => true,
    draw: (s, color) => svg('polyline', { points: list(s), ...line, stroke: color }),
    answer: vertices, from: fromVertices,
    plain: (size) => [0.35, 0.5, 0.65].map((x) => ({ x: Math.round(size.width * x), y: middle(size).y })),
  },
  line: {
    key: 'lines', words: 'line', least: 2, most: 2,
    hint: 'Choose a label, then press at both ends.',
    fine: () => true,
    draw: (s, color) => svg('polyline', { points: list(s), ...line, stroke: color }),
    answer: vertices, from: fromVertices,
    plain: (size) => [0.4, 0.6].map((x) => ({ x: Math.round(size.width * x), y: middle(size).y })),
  },
  keypoint: {
    key: 'keypoints', words: 'point', least: 1, most: 1,
    hint: 'Choose a label, then press at the point.',
    fine: () => true,
    draw: (s, color, size) => svg('circle', { cx: s.points[0].x, cy: s.points[0].y, r: size, fill: color, stroke: '#fff',
                                              'stroke-width': 2, 'vector-effect': 'non-scaling-stroke' }),
    answer: (s) => ({ label: s.label, x: s.points[0].x, y: s.points[0].y }),
    from: (g) => ({ label: g.label, points: [{ x: g.x, y: g.y }] }),
    plain: (size) => [middle(size)],
  },
};

function numbers({ left, top, width, height }) {
  return { x: left, y: top, width, height };
}

function crossing(a, b, c, d) {
  const side = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

export function crossesItself(points) {
  const n = points.length;
  for (let i = 0; i < n; i++)
    for (let j = i + 2; j < n; j++)
      if ((i || j < n - 1) && crossing(points[i], points[i + 1], points[j], points[(j + 1) % n]))
        return true;
  return false;
}
