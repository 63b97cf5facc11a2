export declare function serveGallery(): Promise<{ base: string; close: () => Promise<void> }>;
